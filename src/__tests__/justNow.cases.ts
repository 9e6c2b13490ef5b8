import {
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import {
  componentFile,
  DatabaseServer,
  ON_DEMAND,
  startSqlite,
  TestBackend,
  CatalogTables,
  until,
} from '../../testing';

const ACME = 'https://bitbucket.org/acme';
const FILE = 'catalog-info.yaml';

/** Beside a provider with the default of everything, so that the mirror is up to two minutes old. */
describe('what was pushed, created or made accessible just now', () => {
  let acme: SimulatedWorkspace;
  let simulator: Simulator;
  let databases: DatabaseServer;
  let backend: TestBackend;
  let tables: CatalogTables;
  const hidden = new Set(['secret']);

  beforeAll(async () => {
    acme = new SimulatedWorkspace({ slug: 'acme' });
    const files = { [FILE]: componentFile('shop') };
    acme.addRepository({ slug: 'shop', files });
    for (const slug of ['pushed', 'branched', 'analysed', 'registered']) {
      acme.addRepository({ slug, files: { 'README.md': 'Hello\n' } });
    }
    acme.addRepository({
      slug: 'secret',
      isPrivate: true,
      files: { [FILE]: componentFile('secret') },
    });
    simulator = await startSimulator({
      workspaces: [acme],
      accounts: [
        {
          name: 'ours',
          kind: 'accessToken',
          token: 'our-token',
          sees: ({ slug }) => !hidden.has(slug),
        },
      ],
    });
    databases = await startSqlite();
    const database = databases.createDatabase();
    const { apiBaseUrl } = simulator;
    backend = await TestBackend.start({
      database,
      config: {
        integrations: { bitbucketCloud: [{ apiBaseUrl, token: 'our-token' }] },
        catalog: {
          providers: {
            bitbucketCloud: {
              workspace: 'acme',
              filters: { repoSlug: 'shop|hidden' },
              schedule: ON_DEMAND.schedule,
            },
          },
        },
      },
    });
    tables = await CatalogTables.open(database);
    await backend.hasComponents(['shop']);
  });

  afterAll(async () => {
    await tables.close();
    await backend.stop();
    await simulator.stop();
    await databases.stop();
  });

  /** As the page of catalog-import does before it registers a URL: the names, or the error. */
  async function validate(target: string): Promise<unknown> {
    const location = { type: 'url', target };
    const answer = await backend.post('locations?dryRun=true', location);
    const { entities, error } = (await answer.json()) as {
      entities?: { kind: string; metadata: { name: string } }[];
      error?: { message: string };
    };
    return (
      error?.message ??
      entities
        ?.filter(({ kind }) => kind === 'Component')
        .map(({ metadata }) => metadata.name)
    );
  }

  it.each<[string, string, string, () => unknown]>([
    [
      'a file',
      `${ACME}/pushed/src/main/${FILE}`,
      'There is no file',
      () => acme.push('pushed', { [FILE]: componentFile('new') }),
    ],
    [
      'a branch',
      `${ACME}/branched/src/feature/x/${FILE}`,
      'has no branch, tag or commit',
      () =>
        acme.push(
          'branched',
          { [FILE]: componentFile('new') },
          { branch: 'feature/x' },
        ),
    ],
    [
      'a repository',
      `${ACME}/created/src/HEAD/${FILE}`,
      'There is no repository',
      () =>
        acme.addRepository({
          slug: 'created',
          files: { [FILE]: componentFile('new') },
        }),
    ],
    [
      'a repository that the credential could not see',
      `${ACME}/secret/src/main/${FILE}`,
      'There is no repository',
      () => {
        hidden.clear();
        acme.push('secret', { [FILE]: componentFile('new') });
      },
    ],
  ])(
    'is found at once, after an earlier request did not find it: %s',
    async (_, url, message, change) => {
      for (let attempt = 0; attempt < 3; attempt += 1) {
        expect(await validate(url)).toContain(message);
      }
      change();
      expect(await validate(url)).toEqual(['new']);
    },
  );

  it('is found at once by an analysis of its repository', async () => {
    const analyze = async () => {
      const location = { type: 'url', target: `${ACME}/analysed` };
      const answer = await backend.post('analyze-location', { location });
      const { existingEntityFiles } = (await answer.json()) as {
        existingEntityFiles: { entity: { metadata: { name: string } } }[];
      };
      return existingEntityFiles.map(({ entity }) => entity.metadata.name);
    };
    expect(await analyze()).toEqual([]);
    expect(await analyze()).toEqual([]);
    acme.push('analysed', { [FILE]: componentFile('new') });
    expect(await analyze()).toEqual(['new']);
  });

  it('is read at once when it is registered, as HEAD too', async () => {
    const target = `${ACME}/registered/src/HEAD/${FILE}`;
    expect(await validate(target)).toContain('There is no file');
    acme.push('registered', { [FILE]: componentFile('registered') });
    const location = { type: 'url', target };
    const answer = await backend.post('locations', location);
    expect(answer.status).toBe(201);
    await backend.hasComponents(['registered', 'shop']);
    const [{ metadata }] = await backend.entities('component');
    expect(metadata.annotations).toMatchObject({
      'backstage.io/managed-by-location': `url:${ACME}/registered/src/main/${FILE}`,
    });
  });

  it('is one entity with the same file in other letter case of the workspace and the repository', async () => {
    const shop = async () => {
      const components = await backend.entities('component');
      const found = components.find(({ metadata }) => metadata.name === 'shop');
      const { uid, annotations = {} } = found!.metadata;
      return { uid, url: annotations['backstage.io/managed-by-location'] };
    };
    const before = await shop();
    const target = `https://bitbucket.org/ACME/Shop/src/main/${FILE}`;
    const answer = await backend.post('locations', { type: 'url', target });
    expect(answer.status).toBe(201);
    await until(
      async () => (await backend.targets()).includes(target),
      'the Location',
    );
    await tables.reprocessed();
    expect(await shop()).toEqual(before);
    expect(await tables.locationErrors(target)).toEqual([]);
    expect(backend.messages()).toEqual([]);
  });
});

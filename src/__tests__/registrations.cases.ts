import { Entity } from '@backstage/catalog-model';
import { locationSpecToLocationEntity } from '@backstage/plugin-catalog-node';
import {
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import {
  CatalogTables,
  componentFile,
  configFor,
  DATABASES,
  DatabaseServer,
  ON_DEMAND,
  TestBackend,
} from '../../testing';

const ACME = 'https://bitbucket.org/acme';

/** The URL by which a file is registered, and whether a provider has it by then. */
const REGISTRATIONS = [
  { slug: 'shop1', when: 'before', path: 'src/main/catalog-info.yaml' },
  { slug: 'shop2', when: 'afterwards', path: 'src/main/catalog-info.yaml' },
  {
    slug: 'shop3',
    when: 'before',
    path: 'src/0123abc/catalog-info.yaml?at=main',
  },
  {
    slug: 'shop4',
    when: 'afterwards',
    path: 'src/0123abc/catalog-info.yaml?at=main',
  },
  {
    slug: 'shop5',
    when: 'afterwards',
    path: 'src/main?path=catalog-info.yaml',
  },
];

describe.each(DATABASES)(
  'a file that a provider has and that is registered by hand, on %s,',
  (_, start) => {
    let databases: DatabaseServer;
    let simulator: Simulator;
    let backend: TestBackend;
    /** The components before the files are registered that a provider has. */
    let before: Entity[];

    const register = async (when: string) => {
      for (const { slug, path } of REGISTRATIONS.filter(
        registration => registration.when === when,
      )) {
        const location = { type: 'url', target: `${ACME}/${slug}/${path}` };
        const answer = await backend.post('locations', location);
        expect(answer.status).toBe(201);
      }
    };

    beforeAll(async () => {
      const acme = new SimulatedWorkspace({ slug: 'acme' });
      acme.addRepository({ slug: 'other' });
      simulator = await startSimulator({ workspaces: [acme] });
      databases = await start();
      const database = databases.createDatabase();
      backend = await TestBackend.start({
        database,
        config: configFor(simulator, { workspace: 'acme', ...ON_DEMAND }),
      });
      const tables = await CatalogTables.open(database);
      await backend.walked();

      for (const { slug } of REGISTRATIONS) {
        const files = { 'catalog-info.yaml': componentFile(slug) };
        acme.addRepository({ slug, files });
      }
      await register('before');
      await backend.hasComponents(['shop1', 'shop3']);
      await backend.walk();
      await backend.hasComponents(REGISTRATIONS.map(({ slug }) => slug));
      before = await backend.entities('component');
      await register('afterwards');
      await tables.reprocessed();
      await tables.close();
    });
    afterAll(async () => {
      await backend.stop();
      await simulator.stop();
      await databases.stop();
    });

    it.each(REGISTRATIONS)(
      'is one entity, registered $when as $path',
      async ({ slug }) => {
        const named = ({ metadata }: Entity) => metadata.name === slug;
        const [{ metadata }] = before.filter(named);
        expect(
          (await backend.entities('component')).filter(named),
        ).toMatchObject([
          {
            metadata: {
              uid: metadata.uid,
              annotations: {
                'backstage.io/managed-by-location': `url:${ACME}/${slug}/src/main/catalog-info.yaml`,
              },
            },
          },
        ]);
      },
    );

    it('is warned of only where the same URL is registered afterwards', () => {
      // Who has a Location of a URL first keeps it, and the catalog says so.
      const target = `${ACME}/shop2/src/main/catalog-info.yaml`;
      const location = { type: 'url', target };
      const { name } = locationSpecToLocationEntity({ location }).metadata;
      const others = backend
        .messages()
        .filter(
          message =>
            !/conflicting entityRef location:/.test(message) ||
            !message.includes(name),
        );
      expect(others).toEqual([]);
    });
  },
);

describe.each(DATABASES)('a file that a provider has, on %s', (_, start) => {
  const FILE = `${ACME}/shop/src/main/catalog-info.yaml`;
  let databases: DatabaseServer;
  let simulator: Simulator;
  let backend: TestBackend;

  beforeAll(async () => {
    const acme = new SimulatedWorkspace({ slug: 'acme' });
    const files = { 'catalog-info.yaml': componentFile('shop') };
    acme.addRepository({ slug: 'other', files: {} });
    acme.addRepository({ slug: 'shop', files });
    simulator = await startSimulator({ workspaces: [acme] });
    databases = await start();
  });
  afterAll(async () => {
    await backend.stop();
    await simulator.stop();
    await databases.stop();
  });

  it('belongs to its registration, and returns to the provider when that is removed', async () => {
    const options = {
      database: databases.createDatabase(),
      config: configFor(simulator, { workspace: 'acme', ...ON_DEMAND }),
    };
    backend = await TestBackend.start(options);
    await backend.hasComponents(['shop']);
    await backend.walked();
    const [before] = await backend.entities('component');
    const answer = await backend.post('locations', {
      type: 'url',
      target: FILE,
    });
    const { location } = (await answer.json()) as { location: { id: string } };
    await backend.walk();
    await backend.stop();

    backend = await TestBackend.start(options);
    await backend.walk();
    expect(await backend.entities('component')).toMatchObject([
      { metadata: { uid: before.metadata.uid } },
    ]);
    expect(await backend.targets()).toEqual([FILE]);
    expect(backend.messages()).toEqual([]);

    await backend.get(`locations/${location.id}`, { method: 'DELETE' });
    await backend.hasComponents([]);
    await backend.walk();
    await backend.hasComponents(['shop']);
    expect(backend.messages()).toEqual([]);
  });
});

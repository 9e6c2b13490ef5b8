import { Entity } from '@backstage/catalog-model';
import {
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import {
  componentFile,
  configFor,
  BOTH_DATABASES,
  DatabaseServer,
  ON_DEMAND,
  TestBackend,
  until,
} from '../../testing';
import {
  analyze,
  analyzedWorkspace,
  startAnalyzedSimulator,
  startAnalyzer,
} from '../../testing/analyzeLocation';
import { noRepository } from '../reader/nearFiles';

const SHOP = 'https://bitbucket.org/acme/shop';

/** What a software template makes files of. */
const TEMPLATE = componentFile("'${{ values.name }}'");

type Answer = {
  existingEntityFiles: {
    location: { type: string; target: string };
    isRegistered: boolean;
    entity: Entity;
  }[];
  generateEntities: { entity: Entity }[];
};

/** What there is at a URL: the target, the name, and whether it is registered. */
async function found(backend: TestBackend, target: string) {
  const { status, body } = await analyze(backend, target);
  expect(body).toMatchObject({ existingEntityFiles: expect.anything() });
  expect(status).toBe(200);
  return (body as Answer).existingEntityFiles.map(
    ({ location, isRegistered, entity }) =>
      [location.target, entity.metadata.name, isRegistered] as const,
  );
}

describe('analyze-location, without a provider,', () => {
  let acme: SimulatedWorkspace;
  let simulator: Simulator;
  let backend: TestBackend;
  let databases: DatabaseServer | undefined;

  const start = async (options: Parameters<typeof startAnalyzer>[1] = {}) => {
    backend = await startAnalyzer(simulator, options);
    simulator.requests.clear();
  };

  beforeEach(async () => {
    acme = analyzedWorkspace();
    simulator = await startAnalyzedSimulator(acme);
  });

  afterEach(async () => {
    await backend.stop();
    await simulator.stop();
    await databases?.stop();
    databases = undefined;
  });

  it('lists the catalog file of a repository within three requests', async () => {
    await start();
    const { body } = await analyze(backend, SHOP);
    expect(body).toEqual({
      existingEntityFiles: [
        {
          location: {
            type: 'url',
            target: `${SHOP}/src/main/catalog-info.yaml`,
          },
          isRegistered: false,
          entity: expect.objectContaining({
            kind: 'Component',
            metadata: { name: 'shop' },
          }),
        },
      ],
      generateEntities: [],
    });
    expect(simulator.requests.count()).toBe(3);
    await analyze(backend, SHOP);
    expect(simulator.requests.count()).toBe(3);
  });

  it('lists all catalog files of a repository or a folder', async () => {
    acme.push('shop', {
      'services/a/catalog-info.yaml': `${componentFile('a')}---\n${componentFile('b')}`,
      'services/my c/catalog-info.yaml': componentFile('c'),
      'services-old/catalog-info.yaml': componentFile('old'),
      'template/skeleton/catalog-info.yaml': TEMPLATE,
      'broken/catalog-info.yaml': 'kind: [Component',
      'services/a/other.yaml': componentFile('not-wanted'),
    });
    await start();
    const ofServices = [
      [`${SHOP}/src/main/services/a/catalog-info.yaml`, 'a', false],
      [`${SHOP}/src/main/services/a/catalog-info.yaml`, 'b', false],
      [`${SHOP}/src/main/services/my%20c/catalog-info.yaml`, 'c', false],
    ];
    expect(await found(backend, `${SHOP}/src/main/services/`)).toEqual(
      ofServices,
    );
    // The repository, the listing, and the two files.
    expect(simulator.requests.count()).toBe(4);
    const all = [
      [`${SHOP}/src/main/catalog-info.yaml`, 'shop', false],
      [`${SHOP}/src/main/services-old/catalog-info.yaml`, 'old', false],
      ...ofServices,
    ];
    expect(await found(backend, `${SHOP}.git`)).toEqual(all);
    const glob = `${SHOP}/src/main/services*/**/catalog-info.yaml`;
    expect(await found(backend, glob)).toEqual(all.slice(1));
    expect(simulator.requests.count({ endpoint: 'archive' })).toBe(0);
  });

  it('lists one file', async () => {
    acme.push('shop', { 'docs/catalog-info.yml': componentFile('any') });
    await start();
    const target = `${SHOP}/src/main/docs/catalog-info.yml`;
    expect(await found(backend, target)).toEqual([[target, 'any', false]]);
    expect(simulator.requests.count()).toBe(2);
  });

  it('shows nothing of files that are not catalog files', async () => {
    const secret = 'apiVersion: v1\nkind: Secret\nmetadata: { name: hidden }\n';
    acme.push('shop', {
      'deploy/secret.yaml': secret,
      'deploy/catalog-info.yaml': `${secret}---\n${componentFile('ours')}`,
      '.env': 'PASSWORD=hidden',
    });
    await start();
    for (const [path, status, message] of [
      ['deploy/secret.yaml', 400, 'does not have the name of a catalog file'],
      ['deploy/gone.yaml', 400, 'does not have the name of a catalog file'],
      ['**/secret.yaml', 400, 'does not have the name of a catalog file'],
      ['deploy/sec*.yaml', 400, 'does not have the name of a catalog file'],
      ['.env', 404, 'There is no folder .env on main in acme/shop'],
      ['deploy/secret.yml/', 400, 'does not have the name of a catalog file'],
    ] as const) {
      const answer = await analyze(backend, `${SHOP}/src/main/${path}`);
      expect(answer).toMatchObject({
        status,
        body: { error: { message: expect.stringContaining(message) } },
      });
      expect(JSON.stringify(answer)).not.toContain('hidden');
    }
    for (const path of ['deploy', '**/catalog-info.yaml', '**/*.yaml']) {
      const names = (await found(backend, `${SHOP}/src/main/${path}`)).map(
        ([, name]) => name,
      );
      expect(names).toContain('ours');
      expect(names).not.toContain('hidden');
    }
  });

  it('searches the branch of the URL', async () => {
    acme.push(
      'shop',
      { 'catalog-info.yaml': componentFile('on-x') },
      { branch: 'feature/x' },
    );
    await start();
    const onBranch = [
      [`${SHOP}/src/feature%2Fx/catalog-info.yaml`, 'on-x', false],
    ];
    for (const page of [
      'src/feature/x',
      'src/feature%2Fx/',
      'src/0123abc/?at=feature/x',
    ]) {
      expect(await found(backend, `${SHOP}/${page}`)).toEqual(onBranch);
    }
    expect(simulator.requests.count()).toBe(4);
  });

  it('finds catalog files by their configured name', async () => {
    acme.push('shop', { 'services/a/backstage.yaml': componentFile('a') });
    await start({
      catalog: { import: { entityFilename: 'backstage.yaml' } },
    });
    expect(await found(backend, SHOP)).toEqual([
      [`${SHOP}/src/main/catalog-info.yaml`, 'shop', false],
      [`${SHOP}/src/main/services/a/backstage.yaml`, 'a', false],
    ]);
    // The repository, one listing, and the two files.
    expect(simulator.requests.count()).toBe(4);
  });

  it.each(BOTH_DATABASES)(
    'recognises registered files, however their URL is written: %s',
    async (_, startServer) => {
      databases = await startServer();
      acme.push('shop', {
        'services/a/catalog-info.yaml': componentFile('a'),
        'more/b/catalog-info.yaml': componentFile('b'),
        'more/locations.yaml': `apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: more
spec:
  targets: [./b/catalog-info.yaml]
`,
        'Catalog-Info.yaml': componentFile('upper'),
      });
      acme.push(
        'shop',
        { 'catalog-info.yaml': componentFile('on-x') },
        { branch: 'x' },
      );
      await start({ database: databases.createDatabase() });
      for (const path of [
        'src/0123abc/catalog-info.yaml?at=main',
        'src/main/services/**/catalog-info.yaml',
        'src/main/more/locations.yaml',
      ]) {
        const target = `${SHOP}/${path}`.replace('acme/shop', 'Acme/Shop');
        const answer = await backend.post('locations', { type: 'url', target });
        expect(answer.status).toBe(201);
      }
      const atOnce = await found(backend, SHOP);
      expect(atOnce[0]).toEqual([
        `${SHOP}/src/main/catalog-info.yaml`,
        'shop',
        true,
      ]);
      await backend.hasComponents(['a', 'b', 'shop']);
      expect(await found(backend, SHOP)).toEqual([
        [`${SHOP}/src/main/catalog-info.yaml`, 'shop', true],
        [`${SHOP}/src/main/more/b/catalog-info.yaml`, 'b', true],
        [`${SHOP}/src/main/services/a/catalog-info.yaml`, 'a', true],
      ]);
      for (const [path, isRegistered] of [
        ['src/main/Catalog-Info.yaml', false],
        ['src/x/catalog-info.yaml', false],
      ] as const) {
        const target = `${SHOP}/${path}`;
        expect(await found(backend, target)).toEqual([
          [target, expect.anything(), isRegistered],
        ]);
      }
    },
  );

  it('suggests a component where there is no catalog file', async () => {
    acme.push('other', { 'docs/README.md': 'Nothing.\n' });
    await start();
    const suggestion = { kind: 'Component', metadata: { name: 'other' } };
    for (const page of ['', '/src/main/', '/src/main/docs']) {
      const { status, body } = await analyze(
        backend,
        `https://bitbucket.org/acme/other${page}`,
      );
      expect(status).toBe(200);
      expect(body).toMatchObject({
        existingEntityFiles: [],
        generateEntities: [{ entity: suggestion }],
      });
    }
    simulator.requests.clear();
    const { body } = await analyze(backend, 'https://bitbucket.org/acme/empty');
    expect(body).toMatchObject({
      existingEntityFiles: [],
      generateEntities: [{ entity: { metadata: { name: 'empty' } } }],
    });
    expect(simulator.requests.count()).toBe(1);
  });

  it.each([
    [
      'none',
      {},
      404,
      `${noRepository('acme/shop')}, or it is private, and no credential is configured.`,
    ],
    ['a wrong one', { token: 'wrong' }, 400, `${SHOP} cannot be read. GET `],
    ['one without the scope', { token: 'other' }, 400, 'answered 403'],
  ])(
    'says what is wrong with the credential: %s',
    async (_, credential, status, message) => {
      await start({ credential });
      expect(await analyze(backend, SHOP)).toMatchObject({
        status,
        body: { error: { message: expect.stringContaining(message) } },
      });
    },
  );

  it('says what is wrong with the only catalog file', async () => {
    const target = `${SHOP}/src/main/catalog-info.yaml`;
    acme.push('shop', { 'catalog-info.yaml': TEMPLATE });
    await start();
    expect(await analyze(backend, SHOP)).toMatchObject({
      status: 400,
      body: {
        error: {
          name: 'InputError',
          message: `${target} describes no entity: its metadata.name is not a name`,
        },
      },
    });
  });
});

describe('analyze-location, beside a provider,', () => {
  it('knows what the provider has, without a request, and searches the paths of the provider', async () => {
    const acme = new SimulatedWorkspace({ slug: 'acme' });
    const files = {
      'catalog-info.yaml': componentFile('shop'),
      'deploy/backstage.yaml': componentFile('deployed'),
      'elsewhere/backstage.yaml': componentFile('elsewhere'),
    };
    acme.addRepository({ slug: 'shop', files });
    const simulator = await startSimulator({ workspaces: [acme] });
    const backend = await TestBackend.start({
      config: configFor(simulator, {
        workspace: 'acme',
        catalogPath: ['/catalog-info.yaml', '/deploy/backstage.yaml'],
        ...ON_DEMAND,
      }),
    });
    await backend.hasComponents(['deployed', 'shop']);

    const registered = [
      [`${SHOP}/src/main/catalog-info.yaml`, 'shop', true],
      [`${SHOP}/src/main/deploy/backstage.yaml`, 'deployed', true],
    ];
    simulator.requests.clear();
    expect(await found(backend, SHOP)).toEqual(registered);
    expect(simulator.requests.count()).toBe(1);

    acme.push('shop', { 'new/catalog-info.yaml': componentFile('new') });
    await backend.walk();
    await until(
      async () => (await found(backend, SHOP)).length === 3,
      'the new file to be found',
    );
    expect(await found(backend, SHOP)).toEqual([
      ...registered,
      [`${SHOP}/src/main/new/catalog-info.yaml`, 'new', false],
    ]);
    await backend.stop();
    await simulator.stop();
  });
});

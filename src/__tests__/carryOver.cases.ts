import { BackendFeature } from '@backstage/backend-plugin-api';
import stockModule from '@backstage/plugin-catalog-backend-module-bitbucket-cloud';
import {
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import bitbucketCloud from '..';
import {
  CatalogTables,
  componentFile,
  Database,
  DATABASES,
  DatabaseServer,
  identities,
  ON_DEMAND,
  TestBackend,
  until,
  watchComponents,
} from '../../testing';
import { answerForBitbucketOrg } from '../../testing/bitbucketOrg';

const SHOP = 'component:default/shop';

const COMPONENTS = [
  'fleet',
  'goes',
  'in-a',
  'in-b',
  'listed',
  'shop',
  'team-b',
];

const LIST_OF_FILES = `apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: components
spec:
  targets: [./components/listed.yaml]
`;

/** What an existing installation may well have in its workspace. */
function createWorkspace(): SimulatedWorkspace {
  const acme = new SimulatedWorkspace({ slug: 'acme' });
  const root = (name: string) => ({ 'catalog-info.yaml': componentFile(name) });
  acme.addRepository({ slug: 'shop', project: 'PAY', files: root('shop') });
  acme.addRepository({ slug: 'goes', project: 'PAY', files: root('goes') });
  acme.addRepository({
    slug: 'teams.b_1',
    project: 'PAY',
    mainBranch: 'trunk-2.0',
    files: root('team-b'),
  });
  acme.addRepository({
    slug: 'lists',
    project: 'PAY',
    files: {
      'catalog-info.yaml': LIST_OF_FILES,
      'components/listed.yaml': componentFile('listed'),
    },
  });
  acme.addRepository({
    slug: 'fleet',
    project: 'OPS',
    mainBranch: 'master',
    files: root('fleet'),
  });
  acme.addRepository({
    slug: 'mono',
    project: 'OPS',
    files: {
      'services/a/catalog-info.yaml': componentFile('in-a'),
      'services/@b+c/catalog-info.yaml': componentFile('in-b'),
    },
  });
  return acme;
}

/** Files whose URLs the stock module spells in another way than this one. */
function addAwkwardPaths(acme: SimulatedWorkspace): string[] {
  acme.push('mono', {
    'services/c d/catalog-info.yaml': componentFile('in-c-d'),
    'services/übersicht/[id]/catalog-info.yaml': componentFile('in-umlaut'),
  });
  return ['in-c-d', 'in-umlaut'];
}

const PROVIDERS = {
  payments: {
    workspace: 'acme',
    filters: { projectKey: '^PAY$' },
    ...ON_DEMAND,
  },
  operations: {
    workspace: 'acme',
    catalogPath: 'catalog-info.yaml',
    filters: { projectKey: 'OPS', repoSlug: 'fleet|mono' },
    ...ON_DEMAND,
    pagelen: 50,
  },
};

describe.each(DATABASES)('a catalog in %s', (_, startServer) => {
  let databases: DatabaseServer;
  let simulator: Simulator;
  let acme: SimulatedWorkspace;
  let stopAnswering: () => void;
  let backend: TestBackend | undefined;
  let tables: CatalogTables | undefined;

  beforeAll(async () => {
    databases = await startServer();
  });

  afterAll(() => databases.stop());

  beforeEach(async () => {
    acme = createWorkspace();
    simulator = await startSimulator({ workspaces: [acme], codeSearch: true });
    stopAnswering = answerForBitbucketOrg(simulator);
  });

  afterEach(async () => {
    await tables?.close();
    await backend?.stop();
    stopAnswering();
    await simulator.stop();
    tables = undefined;
    backend = undefined;
  });

  /** Starts a backend with one of the modules, on the same configuration. */
  async function start(
    module: BackendFeature,
    database: Database,
  ): Promise<TestBackend> {
    backend = await TestBackend.start({
      features: [module],
      database,
      config: {
        integrations: {
          bitbucketCloud: [
            {
              username: 'jane@example.com',
              token: 'api-token',
              // The stock module takes no notice of it.
              apiBaseUrl: simulator.apiBaseUrl,
            },
          ],
        },
        catalog: { providers: { bitbucketCloud: PROVIDERS } },
      },
    });
    return backend;
  }

  /** Starts a backend that fills the catalog, and stops it once it is at rest. */
  async function fill(
    module: BackendFeature,
    database: Database,
    components: string[],
  ) {
    const before = await start(module, database);
    await before.hasComponents(components);
    tables = await CatalogTables.open(database);
    await tables.reprocessed();
    const content = await contentOf(before, tables);
    await before.stop();
    return { content, tables };
  }

  it.each([
    ['the stock module to this one', stockModule, bitbucketCloud],
    ['this module to the stock one', bitbucketCloud, stockModule],
  ])(
    'carries over from %s, and follows later changes',
    async (__, from, to) => {
      const awkward = from === stockModule ? addAwkwardPaths(acme) : [];
      const components = [...COMPONENTS, ...awkward];
      const database = databases.createDatabase();
      const filled = await fill(from, database, components);

      const after = await start(to, database);
      const stopWatching = watchComponents(after, components);
      await walkAll(after);
      await filled.tables.reprocessed();
      const { looks, missed } = await stopWatching();

      expect(await contentOf(after, filled.tables)).toEqual(filled.content);
      expect(missed).toEqual([]);
      expect(looks).toBeGreaterThan(10);
      expect(after.messages('error')).toEqual([]);

      changeWorkspace(acme);
      await walkAll(after);
      await after.hasComponents([
        'fleet',
        'in-b',
        'listed',
        'new',
        'shop',
        'team-b',
        ...awkward,
      ]);
      const { etag, uid } = filled.content.entities[SHOP];
      await until(async () => {
        const shop = (await identities(after))[SHOP];
        return shop.uid === uid && shop.etag !== etag;
      }, 'the change of shop to be seen');
    },
  );
});

/** What may happen to a workspace from one walk to the next. */
function changeWorkspace(acme: SimulatedWorkspace): void {
  acme.removeRepository('goes');
  acme.push('mono', { 'services/a/catalog-info.yaml': null });
  acme.push('shop', {
    'catalog-info.yaml': `${componentFile('shop')}  system: sales\n`,
  });
  acme.addRepository({
    slug: 'new',
    project: 'PAY',
    files: { 'catalog-info.yaml': componentFile('new') },
  });
}

async function walkAll(backend: TestBackend): Promise<void> {
  for (const id of Object.keys(PROVIDERS)) {
    await backend.walk(id);
  }
}

/** Everything that differs when an entity is replaced by another one. */
async function contentOf(backend: TestBackend, tables: CatalogTables) {
  return {
    entities: await identities(backend),
    state: await tables.state(),
    references: await tables.references(),
  };
}

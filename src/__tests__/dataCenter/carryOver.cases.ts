import { BackendFeature } from '@backstage/backend-plugin-api';
import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import stockModule from '@backstage/plugin-catalog-backend-module-bitbucket-server';
import {
  DataCenterSimulator,
  SimulatedInstance,
  startDataCenterSimulator,
} from '../../../dev/simulator/data-center';
import bitbucketDataCenter from '../../dataCenter';
import {
  CatalogTables,
  componentFile,
  Database,
  DATABASES,
  DatabaseServer,
  ON_DEMAND,
  TestBackend,
  watchComponents,
} from '../../../testing';

const TOKEN = 'not-to-be-shown';

/** Whose names the stock module writes into a URL as they are. */
const AWKWARD = '/services/übersicht/@b+c 1/catalog-info.yaml';

const COMPONENTS = [
  'archived',
  'dotfiles',
  'fleet',
  'goes',
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

/** What an existing installation may well have on its instance. */
function createInstance(): SimulatedInstance {
  const instance = new SimulatedInstance();
  const root = (name: string) => ({ 'catalog-info.yaml': componentFile(name) });
  instance.addProject('PAY');
  instance.addProject('OPS');
  instance.addProject('OLD');
  instance.addProject('~JANE');
  instance.addRepository('PAY', { slug: 'shop', files: root('shop') });
  instance.addRepository('PAY', { slug: 'goes', files: root('goes') });
  instance.addRepository('PAY', {
    slug: 'teams.b_1',
    mainBranch: 'trunk-2.0',
    files: root('team-b'),
  });
  instance.addRepository('PAY', {
    slug: 'lists',
    files: {
      'catalog-info.yaml': LIST_OF_FILES,
      'components/listed.yaml': componentFile('listed'),
    },
  });
  // So many that it would take an approval to remove what has an entity.
  for (let count = 0; count < 12; count += 1) {
    const slug = `no-file-${count}`;
    instance.addRepository('PAY', { slug, files: { README: '' } });
  }
  instance.addRepository('PAY', { slug: 'empty' });
  instance.addRepository('OPS', { slug: 'my-fleet-2', files: root('fleet') });
  instance.addRepository('OPS', { slug: 'others', files: root('others') });
  instance.addRepository('~JANE', {
    slug: 'dotfiles',
    files: root('dotfiles'),
  });
  for (const [key, name] of [
    ['OPS', 'old-fleet'],
    ['OLD', 'archived'],
  ]) {
    instance.setArchived(
      instance.addRepository(key, { slug: name, files: root(name) }),
    );
  }
  return instance;
}

const PROVIDERS = {
  payments: { filters: { projectKey: 'PAY|~JANE' } },
  operations: {
    filters: {
      projectKey: '^OPS$',
      repoSlug: 'fleet',
      skipArchivedRepos: true,
    },
    validateLocationsExist: true,
  },
  archive: { filters: { projectKey: '^OLD$' } },
};

/** How an instance is reached, and what it calls itself. */
const ADDRESSES = {
  'with a context path': { contextPath: '/bitbucket' },
  'by another name than its links have': {
    linkBaseUrl: 'https://git.example.com',
  },
};

const WAYS = Object.entries(ADDRESSES).flatMap(([how, address]) => [
  [
    'the stock module to this one',
    how,
    stockModule,
    bitbucketDataCenter,
    address,
  ] as const,
  [
    'this module to the stock one',
    how,
    bitbucketDataCenter,
    stockModule,
    address,
  ] as const,
]);

/** Each direction once, and each address once. */
const isInSample = (_: unknown, index: number) => [0, 3].includes(index);

describe.each(DATABASES)('a catalog in %s', (kind, startServer) => {
  let databases: DatabaseServer;
  let simulator: DataCenterSimulator;
  let instance: SimulatedInstance;
  let backend: TestBackend | undefined;
  let tables: CatalogTables | undefined;

  beforeAll(async () => {
    databases = await startServer();
  });

  afterAll(() => databases.stop());

  afterEach(async () => {
    await tables?.close();
    await backend?.stop();
    await simulator.stop();
    tables = undefined;
    backend = undefined;
  });

  async function startInstance(address: {
    contextPath?: string;
    linkBaseUrl?: string;
  }) {
    instance = createInstance();
    simulator = await startDataCenterSimulator({
      instance,
      ...address,
      // Those are what the stock module goes through.
      quirks: { personalProjectsListed: true },
      accounts: [{ kind: 'userToken', name: 'catalog', token: TOKEN }],
    });
  }

  /** Starts a backend with one of the modules, on the same configuration. */
  async function start(
    module: BackendFeature,
    database: Database,
    { linkBaseUrl, awkward }: { linkBaseUrl?: string; awkward: boolean },
  ): Promise<TestBackend> {
    const { host } = new URL(linkBaseUrl ?? simulator.baseUrl);
    const apiBaseUrl = `${simulator.baseUrl}/rest/api/1.0`;
    const providers = {
      ...PROVIDERS,
      ...(awkward && {
        awkward: { catalogPath: AWKWARD, filters: { repoSlug: '^others$' } },
      }),
    };
    backend = await TestBackend.start({
      features: [module],
      product: 'bitbucketServer',
      database,
      config: {
        integrations: {
          bitbucketServer: [{ host, apiBaseUrl, token: TOKEN }],
        },
        catalog: {
          providers: {
            bitbucketServer: Object.fromEntries(
              Object.entries(providers).map(([id, provider]) => [
                id,
                { host, ...provider, ...ON_DEMAND },
              ]),
            ),
          },
        },
      },
    });
    return backend;
  }

  it.each(kind === 'SQLite' ? WAYS.filter(isInSample) : WAYS)(
    'carries over from %s on an instance %s, and follows later changes',
    async (__, ___, from, to, address) => {
      const awkward = from === stockModule;
      const more = awkward ? ['awkward'] : [];
      const options = { ...address, awkward };
      const components = [...COMPONENTS, ...more];
      await startInstance(address);
      instance.project('OPS').push('others', {
        [AWKWARD.slice(1)]: componentFile('awkward'),
      });
      const database = databases.createDatabase();
      const before = await start(from, database, options);
      await before.hasComponents(components);
      tables = await CatalogTables.open(database);
      await tables.reprocessed();
      const filled = await contentOf(before, tables);
      await before.stop();
      instance.project('PAY').push('shop', {
        'catalog-info.yaml': `${componentFile('shop')}  system: sales\n`,
      });

      const after = await start(to, database, options);
      const stopWatching = watchComponents(after, components);
      const walkAll = async () => {
        for (const id of [...Object.keys(PROVIDERS), ...more]) {
          await after.walk(id);
        }
      };
      await walkAll();
      await tables.reprocessed();
      const { looks, missed } = await stopWatching();
      expect(await contentOf(after, tables)).toEqual(filled);
      expect(missed).toEqual([]);
      // An optional one loses its entities with a single response that lacks its file.
      expect(await presencesIn(after)).toEqual(
        new Set([to === stockModule ? 'optional' : 'required']),
      );
      expect(looks).toBeGreaterThan(10);
      expect(after.messages()).toEqual([]);
      const targets = (await after.targets()).join();
      expect(/no-file|empty/.test(targets)).toBe(to === stockModule);
      expect(JSON.stringify(after.logs)).not.toContain(TOKEN);

      const [shop] = (await after.entities('component')).filter(
        ({ metadata }) => metadata.name === 'shop',
      );
      expect(shop.spec?.system).toBe('sales');

      instance.project('PAY').removeRepository('goes');
      instance.addRepository('PAY', {
        slug: 'new',
        files: { 'catalog-info.yaml': componentFile('new') },
      });
      await walkAll();
      await after.hasComponents([
        ...components.filter(name => name !== 'goes'),
        'new',
      ]);
    },
  );
});

/** What the Locations of files demand. */
async function presencesIn(backend: TestBackend): Promise<Set<unknown>> {
  const locations = await backend.entities('location');
  return new Set(
    locations
      .filter(({ spec }) => /^(?!.*no-file).*browse/.test(`${spec?.target}`))
      .map(({ spec }) => spec?.presence),
  );
}

/** Everything that differs when an entity is replaced by another one. */
async function contentOf(backend: TestBackend, tables: CatalogTables) {
  const ofFiles = (ref: string | null) => !/no-file|empty/.test(String(ref));
  const idsOf = (entities: Entity[]) =>
    Object.fromEntries(
      entities.map(entity => [stringifyEntityRef(entity), entity.metadata.uid]),
    );
  const locations = (await backend.entities('location')).filter(({ spec }) =>
    ofFiles(String(spec?.target)),
  );
  const shown = new Set(locations.map(entity => stringifyEntityRef(entity)));
  const isLocation = (ref: string) => ref.startsWith('location:');
  return {
    components: idsOf(await backend.entities('component')),
    locations: idsOf(locations),
    targets: locations.map(({ spec }) => spec?.target),
    state: (await tables.state())
      .filter(row => !isLocation(row.entity_ref) || shown.has(row.entity_ref))
      .map(({ unprocessed_hash, ...row }) => row),
    references: (await tables.references()).filter(
      ({ target_entity_ref: ref }) => !isLocation(ref) || shown.has(ref),
    ),
  };
}

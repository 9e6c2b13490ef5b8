import { urlReaderFactoriesServiceRef } from '@backstage/backend-defaults/urlReader';
import {
  coreServices,
  createBackendModule,
  createBackendPlugin,
  createServiceFactory,
  UrlReaderService,
} from '@backstage/backend-plugin-api';
import { JsonObject } from '@backstage/types';
import {
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import bitbucketCloud from '..';
import { fakeTiming } from '../bitbucket/__testUtils__';
import {
  clientWithTiming,
  componentFile,
  ON_DEMAND,
  TestBackend,
  until,
} from './support';

const HOUR = 3_600_000;
const SHOP = 'https://bitbucket.org/acme/shop';

/** What a plugin gets as its reader. */
const readers: { catalog?: UrlReaderService; other?: UrlReaderService } = {};

const catalogModule = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'uses-the-reader',
  register(env) {
    env.registerInit({
      deps: { reader: coreServices.urlReader },
      async init({ reader }) {
        readers.catalog = reader;
      },
    });
  },
});

const otherPlugin = createBackendPlugin({
  pluginId: 'other',
  register(env) {
    env.registerInit({
      deps: { reader: coreServices.urlReader },
      async init({ reader }) {
        readers.other = reader;
      },
    });
  },
});

function createWorkspace(): SimulatedWorkspace {
  const acme = new SimulatedWorkspace({ slug: 'acme' });
  const push = (name: string, path: string, branch?: string) =>
    acme.push('shop', { [path]: componentFile(name) }, { branch });

  acme.addRepository({
    slug: 'shop',
    isPrivate: true,
    files: { 'catalog-info.yaml': componentFile('tagged') },
  });
  acme.createTag('shop', 'v1.0');
  push('plain', 'catalog-info.yaml');
  push('glob-a', 'services/a/catalog-info.yaml');
  push('glob-b', 'services/b/catalog-info.yaml');
  push('awkward', 'my docs/50% #1 überblick?.yaml');
  push('goes', 'goes.yaml');
  push('slash-encoded', 'catalog-info.yaml', 'feature/x');
  push('slash', 'catalog-info.yaml', 'feature/y');
  push('at', 'catalog-info.yaml', 'feature/at');
  push('hash-in-name', 'catalog-info.yaml', 'dev#1');
  return acme;
}

describe('the reader of the catalog', () => {
  const timing = fakeTiming();
  let acme: SimulatedWorkspace;
  let simulator: Simulator;
  let backend: TestBackend;
  const components = [
    'at',
    'awkward',
    'commit',
    'glob-a',
    'glob-b',
    'goes',
    'hash-in-name',
    'plain',
    'slash',
    'slash-encoded',
    'tagged',
  ];

  beforeAll(async () => {
    acme = createWorkspace();
    const { hash } = acme.push(
      'shop',
      { 'catalog-info.yaml': componentFile('commit') },
      { branch: 'lost' },
    );
    acme.deleteBranch('shop', 'lost');
    simulator = await startSimulator({
      workspaces: [acme],
      accounts: [
        { name: 'ours', kind: 'accessToken', token: 'our-token' },
        { name: 'theirs', kind: 'accessToken', token: 'their-token' },
      ],
    });
    const targets = [
      'src/main/catalog-info.yaml',
      'src/feature%2Fx/catalog-info.yaml',
      'src/feature/y/catalog-info.yaml',
      'src/v1.0/catalog-info.yaml',
      `src/${hash}/catalog-info.yaml`,
      'src/main/services/*/catalog-info.yaml',
      `src/${hash}/catalog-info.yaml?at=feature%2Fat`,
      'src/main/my%20docs/50%25%20%231%20%C3%BCberblick%3F.yaml',
      'src/dev%231/catalog-info.yaml',
      'src/main/goes.yaml',
    ].map(path => `${SHOP}/${path}`);
    backend = await TestBackend.start({
      config: {
        integrations: {
          bitbucketCloud: [
            { apiBaseUrl: simulator.apiBaseUrl, token: 'our-token' },
          ],
        },
        catalog: {
          locations: targets.map(target => ({ type: 'url', target })),
        },
      },
      features: [
        bitbucketCloud,
        clientWithTiming(timing),
        catalogModule,
        otherPlugin,
      ],
    });
    await backend.hasComponents(components);
  });

  afterEach(() => {
    simulator.faults.clear();
    timing.advance(HOUR);
  });

  afterAll(async () => {
    await backend.stop();
    await simulator.stop();
  });

  /** What the catalog says is wrong with a Location. */
  async function problemsOf(target: string): Promise<string> {
    const locations = await backend.entities('location');
    const location = locations.find(({ spec }) => spec?.target === target) as
      { status?: { items?: JsonObject[] } } | undefined;
    return (location?.status?.items ?? []).map(({ message }) => message).join();
  }

  it('sends the access token with every request', async () => {
    await backend.hasComponents(components);
    const signers = simulator.requests.entries.map(
      ({ credential }) => credential,
    );
    expect(new Set(signers)).toEqual(new Set(['ours']));
  });

  it('does not read a file again that has not changed', async () => {
    const reads = (status: number) =>
      simulator.requests.entries.filter(
        ({ path, status: answered }) =>
          path.endsWith('/src/main/catalog-info.yaml') && answered === status,
      ).length;
    await until(async () => reads(304) > 0, 'a 304');
    simulator.requests.clear();
    await until(async () => reads(304) > 1, 'two more');
    expect(reads(200)).toBe(0);
    expect(await backend.names()).toEqual(components);
  });

  it('reads a file again that has changed', async () => {
    acme.push('shop', {
      'catalog-info.yaml': componentFile('plain').replace('team-a', 'team-b'),
    });
    await until(async () => {
      const entities = await backend.entities('component');
      return entities.some(({ spec }) => spec?.owner === 'team-b');
    }, 'the new owner');
  });

  it('says of a file that is gone that it is not found, and keeps its entity', async () => {
    const target = `${SHOP}/src/main/goes.yaml`;
    acme.push('shop', { 'goes.yaml': null });
    const what = `no matching files found for ${target}`;
    await until(
      async () => (await problemsOf(target)).includes(what),
      async () => `${what}; there is "${await problemsOf(target)}"`,
    );
    expect(await backend.names()).toEqual(components);
  });

  it.each([
    ['a 429', { status: 429, headers: { 'Retry-After': '3600' } }, '(429)'],
    ['an outage', { status: 503 }, 'answered 503 Service Unavailable'],
    ['a refusal', { status: 401 }, 'answered 401 Unauthorized'],
    ['a gateway', { status: 404, html: '<title>Oops</title>' }, 'says: Oops'],
  ])(
    'keeps everything through %s, and says what it is',
    async (_, how, what) => {
      const target = `${SHOP}/src/main/catalog-info.yaml`;
      simulator.faults.add({ endpoint: 'src', kind: 'status', ...how });
      await until(
        async () => (await problemsOf(target)).includes(what),
        async () => `${what}; there is "${await problemsOf(target)}"`,
      );
      expect(await backend.names()).toEqual(components);

      simulator.faults.clear();
      timing.advance(HOUR);
      await until(
        async () => (await problemsOf(target)) === '',
        'the end of the error',
      );
      expect(await backend.names()).toEqual(components);
    },
  );

  it('signs a reading with the token that it is given', async () => {
    const response = await readers.catalog?.readUrl(
      `${SHOP}/src/v1.0/catalog-info.yaml`,
      { token: 'their-token' },
    );
    expect(String(await response?.buffer())).toBe(componentFile('tagged'));
    expect(simulator.requests.count({ credential: 'theirs' })).toBe(1);
  });

  it('is for the catalog, and other plugins keep the stock reader', async () => {
    const ours = 'bitbucketCloud{host=bitbucket.org,credential=accessToken}';
    expect(String(readers.catalog)).toContain(ours);
    expect(String(readers.other)).not.toContain(ours);
    expect(String(readers.other)).toContain(
      'bitbucketCloud{host=bitbucket.org,authed=',
    );
  });
});

describe("a user's own reader of bitbucket.org", () => {
  let simulator: Simulator;
  let backend: TestBackend;

  afterEach(async () => {
    await backend.stop();
    await simulator.stop();
  });

  const ownReader: UrlReaderService = {
    async readUrl() {
      throw new Error('not used');
    },
    async readTree() {
      throw new Error('not used');
    },
    async search(url) {
      const content = async () => Buffer.from(componentFile('their-own'));
      return { files: [{ url, content }], etag: '' };
    },
  };
  const ownFactory = createServiceFactory({
    service: urlReaderFactoriesServiceRef,
    deps: {},
    factory: () => () => [
      { predicate: ({ host }) => host === 'bitbucket.org', reader: ownReader },
    ],
  });

  it.each([
    ['before', [ownFactory, bitbucketCloud]],
    ['after', [bitbucketCloud, ownFactory]],
  ])('wins, added %s the module', async (_, features) => {
    simulator = await startSimulator({ workspaces: [createWorkspace()] });
    const { apiBaseUrl } = simulator;
    backend = await TestBackend.start({
      config: {
        integrations: { bitbucketCloud: [{ apiBaseUrl }] },
        catalog: {
          providers: {
            bitbucketCloud: { workspace: 'acme', schedule: ON_DEMAND },
          },
        },
      },
      features,
    });
    await backend.hasComponents(['their-own']);
    expect(await backend.targets()).toEqual([
      `${SHOP}/src/main/catalog-info.yaml`,
    ]);
  });
});

import {
  coreServices,
  createBackendModule,
  createBackendPlugin,
  UrlReaderService,
} from '@backstage/backend-plugin-api';
import { Entity } from '@backstage/catalog-model';
import { NotFoundError, NotModifiedError } from '@backstage/errors';
import { JsonObject } from '@backstage/types';
import {
  FaultKind,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import bitbucketCloud from '..';
import { fakeTiming } from '../../testing/bitbucket';
import {
  CatalogTables,
  clientWithTiming,
  componentFile,
  DatabaseServer,
  startSqlite,
  TestBackend,
  until,
} from '../../testing';
import { noFile } from '../reader/nearFiles';
import { noRequestsUntil } from '../http/hostPause';

const HOUR = 3_600_000;

/** More than the two minutes, and some grace, that what is known counts. */
const STALE = 3 * 60_000;

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
  push('late-1', 'late-1.yaml');
  push('late-2', 'late-2.yaml');
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
  let databases: DatabaseServer;
  let backend: TestBackend;
  let tables: CatalogTables;
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
        {
          name: 'blind',
          kind: 'accessToken',
          token: 'blind-token',
          sees: () => false,
        },
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
    databases = await startSqlite();
    const database = databases.createDatabase();
    backend = await TestBackend.start({
      database,
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
      // Its requests are signed with keys in its database.
    });
    await backend.hasComponents(components);
    tables = await CatalogTables.open(database);
  });

  afterEach(() => {
    simulator.faults.clear();
    timing.advance(HOUR);
  });

  afterAll(async () => {
    await tables.close();
    await backend.stop();
    await simulator.stop();
    await databases.stop();
  });

  /** What the catalog says is wrong with each Location, by its target. */
  async function allProblems(): Promise<Record<string, string>> {
    const locations = (await backend.entities('location')) as (Entity & {
      status?: { items?: JsonObject[] };
    })[];
    return Object.fromEntries(
      locations.map(({ spec, status }) => [
        spec?.target,
        (status?.items ?? []).map(({ message }) => message).join(),
      ]),
    );
  }

  async function problemsOf(target: string): Promise<string> {
    return (await allProblems())[target] ?? 'not there';
  }

  it('sends the access token with every request', async () => {
    await backend.hasComponents(components);
    const signers = simulator.requests.entries.map(
      ({ credential }) => credential,
    );
    expect(new Set(signers)).toEqual(new Set(['ours']));
  });

  /** What the catalog answers to a user who is about to register a Location. */
  async function validate(target: string): Promise<string> {
    const location = { type: 'url', target };
    const answer = await backend.post('locations?dryRun=true', location);
    return answer.text();
  }

  /** The requests of the catalog while it reads every Location again. */
  async function whatReadingCosts(): Promise<string[]> {
    await tables.reprocessed();
    simulator.requests.clear();
    await tables.reprocessed();
    return endpoints();
  }

  function endpoints(credential = 'ours'): string[] {
    return simulator.requests.entries
      .filter(request => request.credential === credential)
      .map(({ endpoint }) => endpoint);
  }

  it('sends no request while what it knows is fresh, and then one for what has changed', async () => {
    expect(await whatReadingCosts()).toEqual([]);
    for (let hour = 0; hour < 2; hour += 1) {
      simulator.requests.clear();
      timing.advance(STALE);
      await tables.reprocessed();
      expect(endpoints()).toEqual(['repositories']);
    }
    expect(await backend.names()).toEqual(components);
  });

  it('says of a file that has not changed that it is not modified', async () => {
    const read = (url: string, etag?: string) =>
      readers.catalog!.readUrl(url, { etag });
    await tables.reprocessed();
    simulator.requests.clear();
    for (const ref of ['main', 'feature/y', 'v1.0']) {
      const url = `${SHOP}/src/${ref}/catalog-info.yaml`;
      const { etag } = await read(url);
      await expect(read(url, etag)).rejects.toThrow(NotModifiedError);
      expect(String(await (await read(url, 'other')).buffer())).toContain(
        'kind: Component',
      );
    }
    expect(endpoints()).toEqual([]);
  });

  it('reads a file again that has changed, and no other', async () => {
    acme.push('shop', {
      'catalog-info.yaml': componentFile('plain').replace('team-a', 'team-b'),
    });
    simulator.requests.clear();
    timing.advance(STALE);
    await until(async () => {
      const entities = await backend.entities('component');
      return entities.some(({ spec }) => spec?.owner === 'team-b');
    }, 'the new owner');
    await tables.reprocessed();
    const read = simulator.requests.entries.filter(
      ({ endpoint }) => endpoint === 'src',
    );
    const { hash } = acme.repository('shop').head!;
    expect(read.map(({ path }) => path)).toEqual([
      `/2.0/repositories/acme/shop/src/${hash}/catalog-info.yaml`,
    ]);
  });

  it('reports a deleted file as not found, and keeps its entity', async () => {
    const target = `${SHOP}/src/main/goes.yaml`;
    acme.push('shop', { 'goes.yaml': null });
    timing.advance(STALE);
    const what = noFile('acme/shop', 'main', 'goes.yaml');
    await until(
      async () => (await problemsOf(target)).includes(what),
      async () => `${what}; there is "${await problemsOf(target)}"`,
    );
    expect(await backend.names()).toEqual(components);
    expect(await whatReadingCosts()).toEqual([]);
  });

  const MAIN = `${SHOP}/src/main/catalog-info.yaml`;

  async function untilProblem(target: string, what: string): Promise<void> {
    await until(
      async () => (await problemsOf(target)).includes(what),
      async () => `${what}; there is "${await problemsOf(target)}"`,
    );
  }

  async function untilMended(target: string): Promise<void> {
    simulator.faults.clear();
    timing.advance(HOUR);
    await until(
      async () => (await problemsOf(target)) === '',
      async () => `the end of the error; there is ${await problemsOf(target)}`,
    );
  }

  it.each<[string, string, FaultKind, string]>([
    [
      'a 429',
      'late-1',
      { kind: 'status', status: 429, headers: { 'Retry-After': '3600' } },
      noRequestsUntil(429, ''),
    ],
    [
      'an outage',
      'late-2',
      { kind: 'status', status: 503 },
      'answered 503 Service Unavailable',
    ],
  ])(
    'serves what it knows through %s, and says of the rest what it is',
    async (_, late, fault, what) => {
      const problems = await allProblems();
      simulator.faults.add(fault);
      timing.advance(STALE);
      const target = `${SHOP}/src/main/${late}.yaml`;
      expect(await validate(target)).toContain(what);
      await tables.reprocessed();
      expect(await allProblems()).toEqual(problems);
      expect(await backend.names()).toEqual(components);

      simulator.faults.clear();
      timing.advance(HOUR);
      expect(await validate(target)).toContain(`"name":"${late}"`);
    },
  );

  it.each<[string, FaultKind, string]>([
    ['a refusal', { kind: 'status', status: 401 }, 'answered 401 Unauthorized'],
    [
      'a gateway',
      { kind: 'status', status: 404, html: '<title>Oops</title>' },
      'says: Oops',
    ],
  ])(
    'keeps everything through %s, and says what it is',
    async (_, fault, what) => {
      simulator.faults.add(fault);
      timing.advance(STALE);
      await untilProblem(MAIN, what);
      expect(await backend.names()).toEqual(components);

      await untilMended(MAIN);
      expect(await backend.names()).toEqual(components);
    },
  );

  it('does not ask for one repository after the other while its credential is refused', async () => {
    // The deleted file may be requested again after an hour.
    await tables.reprocessed();
    simulator.requests.clear();
    simulator.faults.add({ kind: 'status', status: 401 });
    timing.advance(STALE);
    await untilProblem(MAIN, 'answered 401 Unauthorized');
    await tables.reprocessed();
    expect(simulator.requests.entries).toMatchObject([
      { endpoint: 'repositories' },
    ]);
    await untilMended(MAIN);
  });

  it('signs a reading with the token that it is given', async () => {
    simulator.requests.clear();
    const response = await readers.catalog?.readUrl(
      `${SHOP}/src/v1.0/catalog-info.yaml`,
      { token: 'their-token' },
    );
    expect(String(await response?.buffer())).toBe(componentFile('tagged'));
    expect(endpoints('theirs')).toEqual(['repository', 'refs', 'src']);
  });

  it('does not show what it knows to a token that may not see it', async () => {
    const read = (token?: string) => readers.catalog!.readUrl(MAIN, { token });
    await expect(read()).resolves.toBeDefined();
    await expect(read('blind-token')).rejects.toThrow(NotFoundError);
  });

  it('is for the catalog, and other plugins keep the stock reader', async () => {
    const ours = 'bitbucket{host=bitbucket.org,credential=accessToken}';
    expect(String(readers.catalog)).toContain(ours);
    expect(String(readers.other)).not.toContain(ours);
    expect(String(readers.other)).toContain(
      'bitbucketCloud{host=bitbucket.org,authed=',
    );
  });
});

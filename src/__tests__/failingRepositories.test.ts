import {
  FaultKind,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import bitbucketCloud from '..';
import { fakeTiming } from '../bitbucket/__testUtils__';
import { ProviderStatus } from '../provider';
import {
  CatalogTables,
  clientWithTiming,
  componentFile,
  configFor,
  Database,
  DatabaseServer,
  ON_DEMAND,
  startSqlite,
  TestBackend,
  until,
} from './support';

const MINUTE = 60_000;

/** Walks when it is told to, with the default of everything else. */
const PROVIDER = { workspace: 'acme', schedule: ON_DEMAND.schedule };

const slugsFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => `c${first + index}`);

/** The list of repositories with some rows changed. */
const withRows = (change: (row: { slug: string }) => unknown): FaultKind => ({
  kind: 'json',
  change: body => {
    const page = body as { values: { slug: string }[] };
    return { ...page, values: page.values.map(change) };
  },
});

describe('a repository that Bitbucket gives no good answers about', () => {
  let timing: ReturnType<typeof fakeTiming>;
  let sqlite: DatabaseServer;
  let database: Database;
  let acme: SimulatedWorkspace;
  let simulator: Simulator;
  let backend: TestBackend;

  beforeAll(async () => {
    sqlite = await startSqlite();
  });
  beforeEach(() => {
    timing = fakeTiming({ maxAttempts: 2 });
    database = sqlite.createDatabase();
    acme = new SimulatedWorkspace({ slug: 'acme' });
  });
  afterEach(async () => {
    await backend.stop();
    await simulator.stop();
  });
  afterAll(() => sqlite.stop());

  function add(...slugs: string[]): void {
    for (const slug of slugs) {
      const files = { 'catalog-info.yaml': componentFile(slug) };
      acme.addRepository({ slug, files, createdOn: timing.now() });
      timing.advance(1);
    }
  }

  function push(slug: string, name: string): void {
    acme.push(slug, { 'catalog-info.yaml': componentFile(name) });
  }

  async function start(...faults: FaultKind[]): Promise<void> {
    const { now } = timing;
    simulator = await startSimulator({ workspaces: [acme], now });
    faults.forEach(fault => simulator.faults.add({ path: '/c7/', ...fault }));
    backend = await TestBackend.start({
      config: configFor(simulator, PROVIDER),
      database,
      features: [bitbucketCloud, clientWithTiming(timing)],
    });
    await backend.walked();
  }

  async function walk(minutesLater = 2): Promise<string> {
    timing.advance(minutesLater * MINUTE);
    backend.logs.length = 0;
    await backend.walk();
    const lines = backend.messages('debug', 'info', 'error');
    return lines.find(line => /^(Walked|The walk of) /.test(line)) ?? '';
  }

  async function status(): Promise<ProviderStatus> {
    const answer = await backend.get('bitbucket-cloud/status');
    const { providers } = (await answer.json()) as {
      providers: ProviderStatus[];
    };
    return providers[0];
  }

  const reads = () => simulator.requests.count({ endpoint: 'src' });

  it('is skipped and keeps its entities, with one warning, while all others are followed, and comes back', async () => {
    const slugs = slugsFrom(0, 14);
    add(...slugs);
    await start({ kind: 'status', status: 409 });
    const others = slugs.filter(slug => slug !== 'c7');
    await backend.hasComponents(others);
    expect(backend.messages('warn')).toEqual([
      expect.stringMatching(
        /^1 repository of workspace acme cannot be read. The catalog keeps their entities.* The first: GET .*\/acme\/c7\/src\/.*answered 409 Conflict/,
      ),
    ]);

    // It is tried again, ever more rarely, and nothing else waits for it.
    push('c8', 'changed');
    acme.removeRepository('c9');
    simulator.requests.clear();
    const asked: number[] = [];
    for (let walks = 1; walks <= 45; walks += 1) {
      const before = reads();
      expect(await walk()).toMatch(/^Walked /);
      expect(backend.messages('warn')).toEqual([]);
      if (reads() > before) {
        asked.push(2 * walks);
      }
    }
    // One of the first is the push to c8.
    expect(asked).toEqual([2, 4, 16, 88]);
    expect((await status()).failing).toEqual([
      {
        repository: 'acme/c7',
        since: expect.any(String),
        retryAt: new Date(
          timing.now() - 2 * MINUTE + 432 * MINUTE,
        ).toISOString(),
        message: expect.stringContaining('answered 409 Conflict'),
      },
    ]);
    await backend.hasComponents([
      ...others.filter(slug => !['c8', 'c9'].includes(slug)),
      'changed',
    ]);

    // A push has it tried again.
    simulator.faults.clear();
    push('c7', 'c7');
    expect(await walk()).toContain('1 added');
    expect((await status()).failing).toBeUndefined();

    // What is in the catalog stays there.
    await until(
      async () => (await backend.names()).includes('c7'),
      'the component of c7',
    );
    simulator.faults.add({ path: '/c7/', kind: 'notJson', endpoint: 'src' });
    simulator.faults.add({ path: '/c7/', kind: 'status', status: 503 });
    push('c7', 'c7-changed');
    expect(await walk()).toContain('1 skipped (1 failing)');
    expect(await walk(90)).toContain('1 skipped (1 failing)');
    expect(await backend.names()).toContain('c7');
  });

  it('is told from an outage, which ends the walk, and the next walk goes on', async () => {
    add(...slugsFrom(0, 3));
    await start();
    await backend.hasComponents(slugsFrom(0, 3));
    add(...slugsFrom(3, 10));
    const mend = simulator.faults.add({
      endpoint: 'src',
      kind: 'status',
      status: 503,
    });
    simulator.requests.clear();
    expect(await walk()).toMatch(
      /^The walk of workspace acme failed.* answered 503 Service Unavailable/,
    );
    expect(reads()).toBeLessThan(2 * 13);
    mend();
    expect(await walk()).toContain('10 repositories, 0 skipped');
    await backend.hasComponents(slugsFrom(0, 13));
    expect((await status()).failing).toBeUndefined();
  });

  it('costs a bounded number of requests, walks and reads together, however many there are', async () => {
    const REFUSED = 20;
    const refused = slugsFrom(100, REFUSED);
    add(...refused, 'healthy');
    await start();
    await backend.hasComponents([...refused, 'healthy']);
    refused.forEach(slug => push(slug, slug));
    simulator.faults.add({
      path: /\/acme\/c1\d\d\/src\//,
      kind: 'status',
      status: 403,
    });
    const tables = await CatalogTables.open(database);
    simulator.requests.clear();
    for (let walks = 0; walks < 30; walks += 1) {
      await walk();
      if (walks % 10 === 9) {
        await tables.processedAnew();
      }
    }
    await tables.close();
    // At once, and after 2, 4 and 16 minutes; the catalog's reads in between.
    expect(reads()).toBeLessThanOrEqual(REFUSED * 4);
    expect(simulator.requests.count()).toBeLessThanOrEqual(reads() + 30 + 1);
    expect((await status()).failing).toHaveLength(REFUSED);

    push('healthy', 'changed');
    await walk();
    await until(
      async () => (await backend.names()).includes('changed'),
      'the change',
    );
    expect(await backend.names()).toHaveLength(REFUSED + 1);
  });

  it('proves nothing with a row of a list that is not as it should be, and the other rows count', async () => {
    add(...slugsFrom(0, 12));
    await start();
    await backend.hasComponents(slugsFrom(0, 12));
    simulator.faults.add({
      endpoint: 'repositories',
      ...withRows(row => {
        if (row.slug === 'c1') {
          return null;
        }
        const { is_private: isPrivate, ...rest } = {
          is_private: true,
          ...row,
        };
        return row.slug === 'c2' ? rest : { ...rest, is_private: isPrivate };
      }),
    });
    acme.removeRepository('c3');
    add('c12');
    expect(await walk(61)).toMatch(/12 catalog files, 1 added, 1 removed, /);
    expect(backend.messages('warn')).toEqual([
      expect.stringMatching(/^A row in the list .*\/acme does not/),
      expect.stringMatching(/^The row of acme\/c2 in .*: is_private: /),
    ]);
    expect(await walk(61)).toMatch(/12 catalog files, 0 added, 0 removed, /);
    expect(backend.messages('warn')).toEqual([]);
    await backend.hasComponents(slugsFrom(0, 13).filter(slug => slug !== 'c3'));
  });
});

import bitbucketCloud from '..';
import { FaultKind } from '../../dev/simulator/faults/types';
import { Simulator, startSimulator } from '../../dev/simulator/simulator';
import { SimulatedWorkspace } from '../../dev/simulator/world/workspace';
import { TestBackend } from '../../testing/backend';
import { Database } from '../../testing/backendConfig';
import { fakeTiming } from '../../testing/bitbucket/fakeTiming';
import { CatalogTables } from '../../testing/catalogTables';
import { clientWithTiming } from '../../testing/client';
import { configFor } from '../../testing/configFor';
import { DatabaseServer, startSqlite } from '../../testing/databases';
import { componentFile } from '../../testing/entities';
import { ON_DEMAND } from '../../testing/schedule';
import { until } from '../../testing/until';
import { ProviderStatus } from '../ingestion/providerStatus';
import { walkFailed } from '../ingestion/WalkReporter';

const MINUTE = 60_000;

/** Walks on demand, with the defaults otherwise. */
const PROVIDER = { workspace: 'acme', schedule: ON_DEMAND.schedule };

const slugs = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

const FIRST = slugs('first', 8);

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

  // One world for all, since it takes a while to start.
  beforeAll(async () => {
    sqlite = await startSqlite();
    timing = fakeTiming({ maxAttempts: 2 });
    database = sqlite.createDatabase();
    acme = new SimulatedWorkspace({ slug: 'acme' });
    const { now } = timing;
    simulator = await startSimulator({ workspaces: [acme], now });
    add(...FIRST);
    simulator.faults.add({ path: '/first3/', kind: 'status', status: 409 });
    backend = await TestBackend.start({
      config: configFor(simulator, PROVIDER),
      database,
      features: [bitbucketCloud, clientWithTiming(timing)],
    });
    await backend.walked();
  });
  afterAll(async () => {
    await backend.stop();
    await simulator.stop();
    await sqlite.stop();
  });

  function add(...added: string[]): void {
    for (const slug of added) {
      const files = { 'catalog-info.yaml': componentFile(slug) };
      acme.addRepository({ slug, files, createdOn: timing.now() });
      timing.advance(1);
    }
  }

  function push(slug: string, name: string): void {
    acme.push(slug, { 'catalog-info.yaml': componentFile(name) });
  }

  const has = (...names: string[]) =>
    until(async () => {
      const there = await backend.names();
      return names.every(name => there.includes(name));
    }, `the components ${names}`);

  async function walk(minutesLater = 2): Promise<string> {
    timing.advance(minutesLater * MINUTE);
    backend.logs.length = 0;
    await backend.walk();
    const lines = backend.messages('debug', 'info', 'error');
    return lines.find(line => /^(Walked|The walk of) /.test(line)) ?? '';
  }

  async function status(): Promise<ProviderStatus> {
    const answer = await backend.get('bitbucket/status');
    const { providers } = (await answer.json()) as {
      providers: ProviderStatus[];
    };
    return providers[0];
  }

  const reads = () => simulator.requests.count({ endpoint: 'src' });

  it('is skipped and keeps its entities, with one warning, while all others are followed, and comes back', async () => {
    await has(...FIRST.filter(slug => slug !== 'first3'));
    expect(backend.messages('warn')).toEqual([
      expect.stringMatching(
        /^1 repository of workspace acme cannot be read. The catalog keeps their entities.* The first: GET .*\/acme\/first3\/src\/.*answered 409 Conflict/,
      ),
    ]);

    // It is tried again, ever more rarely, and nothing else waits for it.
    push('first4', 'changed');
    acme.removeRepository('first5');
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
    expect(asked).toEqual([2, 4, 16, 88]);
    const retryAt = timing.now() + (432 - 2) * MINUTE;
    expect((await status()).failing).toEqual([
      {
        repository: 'acme/first3',
        since: expect.any(String),
        retryAt: new Date(retryAt).toISOString(),
        message: expect.stringContaining('answered 409 Conflict'),
      },
    ]);
    await has('changed');
    expect(await backend.names()).not.toContain('first5');

    // A push has it tried again.
    simulator.faults.clear();
    push('first3', 'first3');
    expect(await walk()).toContain('1 added');
    expect((await status()).failing).toBeUndefined();
    await has('first3');

    // What is in the catalog stays there.
    simulator.faults.add({ path: '/first3/', kind: 'status', status: 503 });
    push('first3', 'not-read');
    expect(await walk()).toContain('1 skipped (1 failing)');
    expect(await walk(90)).toContain('1 skipped (1 failing)');
    expect(await backend.names()).toContain('first3');
    simulator.faults.clear();
    push('first3', 'first3');
    expect(await walk()).toContain(' 0 skipped');
  });

  it('is distinguished from an outage, which ends the walk, and the next walk continues', async () => {
    const added = slugs('second', 8);
    add(...added);
    const clearFault = simulator.faults.add({
      endpoint: 'src',
      kind: 'status',
      status: 503,
    });
    const line = await walk();
    expect(line).toContain(walkFailed('acme'));
    expect(line).toContain(' answered 503 Service Unavailable');
    clearFault();
    expect(await walk()).toContain('8 repositories, 0 skipped');
    await has(...added);
    expect((await status()).failing).toBeUndefined();
  });

  it('costs a bounded number of requests, walks and reads together, however many there are', async () => {
    const refused = slugs('second', 8);
    refused.forEach(slug => push(slug, slug));
    simulator.faults.add({
      path: /\/acme\/second\d\/src\//,
      kind: 'status',
      status: 403,
    });
    const tables = await CatalogTables.open(database);
    simulator.requests.clear();
    for (let walks = 0; walks < 30; walks += 1) {
      await walk();
      if (walks % 10 === 4) {
        await tables.reprocessed();
      }
    }
    await tables.close();
    // By a walk and a read at once, and after 2, 4 and 16 minutes by either.
    expect(reads()).toBeLessThanOrEqual(refused.length * 6);
    expect(simulator.requests.count()).toBeLessThanOrEqual(reads() + 30 + 5);
    expect((await status()).failing).toHaveLength(refused.length);

    push('first0', 'healthy');
    await walk();
    await has('healthy', ...refused);
    simulator.faults.clear();
    refused.forEach(slug => push(slug, slug));
    expect(await walk()).toContain(' 0 skipped');
  });

  it('proves nothing with a row of a list that is not as it should be, and the other rows count', async () => {
    simulator.faults.add({
      endpoint: 'repositories',
      ...withRows(row => {
        if (row.slug === 'first1') {
          return null;
        }
        const { is_private: isPrivate, ...rest } = {
          is_private: true,
          ...row,
        };
        return row.slug === 'first2'
          ? rest
          : { ...rest, is_private: isPrivate };
      }),
    });
    acme.removeRepository('first7');
    add('third');
    expect(await walk(61)).toContain(' 1 added, 1 removed, ');
    expect(backend.messages('warn')).toEqual([
      expect.stringMatching(/^A row in the list .*\/acme does not/),
      expect.stringMatching(/^The row of acme\/first2 in .*: is_private: /),
    ]);
    expect(await walk(61)).toContain(' 0 added, 0 removed, ');
    expect(backend.messages('warn')).toEqual([]);
    await has('first1', 'first2', 'third');
  });
});

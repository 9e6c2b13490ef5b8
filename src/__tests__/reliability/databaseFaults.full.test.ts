import { Knex } from 'knex';
import {
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../../dev/simulator';
import bitbucketCloud from '../..';
import { fakeTiming } from '../../../testing/bitbucket';
import {
  CLOCK_AHEAD,
  CLOCK_BACK,
  CUT_OFF,
  LOCKED,
  STOPPED,
  WRITE_REFUSED,
  WRITTEN_TABLES,
} from './database';
import { patternOf } from './row';
import {
  BackendProcess,
  clientWithTiming,
  componentFile,
  configFor,
  Database,
  BOTH_DATABASES,
  DatabaseServer,
  ON_DEMAND,
  openDatabase,
  PostgresServer,
  startPostgres,
  startSqlite,
  TestBackend,
  until,
} from '../../../testing';
import { walkFailed } from '../../ingestion/WalkReporter';

const FAILED = new RegExp(`^${walkFailed('acme')}: `);

/** A workspace that changes between walks. */
class Changing {
  private count = 0;
  readonly acme = new SimulatedWorkspace({ slug: 'acme' });

  constructor() {
    ['a', 'b', 'c', 'd'].forEach(slug => this.add(slug));
  }

  get names(): string[] {
    return this.acme.repositories.map(({ slug }) => slug);
  }

  /** A repository comes, another goes, and the catalog file of a third changes. */
  change(): void {
    this.count += 1;
    const [pushed, removed] = this.names;
    this.acme.push(pushed, {
      'catalog-info.yaml': componentFile(pushed, `lifecycle-${this.count}`),
    });
    this.acme.removeRepository(removed);
    this.add(`new-${this.count}`);
  }

  /** Of some components, those that the workspace still has. */
  staying(components: string[]): string[] {
    return components.filter(name => this.names.includes(name));
  }

  /** Waits until the catalog has what the workspace has. */
  async arrives(backend: TestBackend | BackendProcess): Promise<void> {
    await backend.hasComponents(this.names);
    await until(async () => {
      const components = await backend.entities('component');
      const [pushed] = components.filter(
        ({ metadata }) => metadata.name === this.names[0],
      );
      return pushed.spec?.lifecycle === `lifecycle-${this.count}`;
    }, 'what was pushed');
  }

  private add(slug: string): void {
    this.acme.addRepository({
      slug,
      files: { 'catalog-info.yaml': componentFile(slug) },
    });
  }
}

/** The line that says how the last walk failed. */
const failure = (backend: TestBackend | BackendProcess) =>
  backend.messages('error').find(line => FAILED.test(line));

describe.each(BOTH_DATABASES)(`${WRITE_REFUSED.fault}, with %s`, (_, start) => {
  let databases: DatabaseServer;
  let simulator: Simulator;
  let backend: TestBackend;
  let knex: Knex;
  const workspace = new Changing();

  beforeAll(async () => {
    databases = await start();
    const database = databases.createDatabase();
    simulator = await startSimulator({ workspaces: [workspace.acme] });
    backend = await TestBackend.start({
      database,
      config: configFor(simulator, { workspace: 'acme', ...ON_DEMAND }),
    });
    await backend.hasComponents(workspace.names);
    knex = await openDatabase(database);
  });
  afterAll(async () => {
    await knex.destroy();
    await backend.stop();
    await simulator.stop();
    await databases.stop();
  });

  it.each(WRITTEN_TABLES)('%s', async table => {
    const before = await backend.names();
    const allow = await refuseWrites(knex, table);
    workspace.change();
    backend.logs.length = 0;
    await backend.walk();
    expect(failure(backend)).toMatch(patternOf(WRITE_REFUSED.says));
    expect(await backend.names()).toEqual(
      expect.arrayContaining(workspace.staying(before)),
    );

    await allow();
    await backend.walk();
    await workspace.arrives(backend);
  });
});

/** @returns a function that ends this */
async function refuseWrites(
  knex: Knex,
  table: string,
): Promise<() => Promise<unknown>> {
  if (knex.client.config.client === 'pg') {
    await knex.raw(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$`,
    );
    await knex.raw(
      `CREATE TRIGGER refuse BEFORE INSERT ON ${table} EXECUTE FUNCTION refuse()`,
    );
    return () => knex.raw('DROP FUNCTION refuse CASCADE');
  }
  // A write that waits for the backend's keeps it from ending, in one process.
  await knex.raw('PRAGMA busy_timeout = 0');
  await onceUnlocked(
    knex,
    `CREATE TRIGGER refuse BEFORE INSERT ON ${table}
     BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`,
  );
  return () => onceUnlocked(knex, 'DROP TRIGGER refuse');
}

async function onceUnlocked(knex: Knex, sql: string): Promise<void> {
  await until(async () => {
    try {
      await knex.raw(sql);
      return true;
    } catch (error) {
      if (!String(error).includes('database is locked')) {
        throw error;
      }
      return false;
    }
  }, 'the database to be free');
}

describe('during a walk', () => {
  let databases: DatabaseServer;
  let simulator: Simulator;
  let backend: BackendProcess;
  let knex: Knex;
  let workspace: Changing;

  beforeEach(async () => {
    workspace = new Changing();
    simulator = await startSimulator({ workspaces: [workspace.acme] });
  });
  afterEach(async () => {
    await knex.destroy();
    await backend.end('SIGKILL');
    await simulator.stop();
    await databases.stop();
  });

  async function fill(database: Database): Promise<void> {
    backend = await BackendProcess.fork({
      config: configFor(simulator, { workspace: 'acme', ...ON_DEMAND }),
      database,
      // A request without an answer is repeated until there is one.
      limits: { attemptTimeoutMs: 500, maxAttempts: 100, baseDelayMs: 10 },
    });
    await backend.started();
    await backend.hasComponents(workspace.names);
    await backend.walked();
    knex = await openDatabase(database);
  }

  /** Strikes when a walk has come to a file, and lets it go on then. */
  async function strikeMidWalk(strike: () => Promise<unknown>): Promise<void> {
    workspace.change();
    simulator.requests.clear();
    const answer = simulator.faults.add({
      endpoint: 'src',
      kind: 'hang',
      when: 'beforeHeaders',
    });
    await backend.beginWalk();
    await until(
      async () => simulator.requests.count({ endpoint: 'src' }) > 0,
      'the walk to come to a file',
    );
    await strike();
    answer();
  }

  async function fails(): Promise<string | undefined> {
    await until(
      async () => failure(backend) !== undefined,
      async () => `the walk to fail. ${backend.tail}`,
    );
    return failure(backend);
  }

  async function expectRecovery(before: string[]): Promise<void> {
    expect(backend.isAlive).toBe(true);
    expect(await backend.namesAgain()).toEqual(
      expect.arrayContaining(workspace.staying(before)),
    );
    await backend.walk();
    await workspace.arrives(backend);
  }

  it(`${LOCKED.fault}`, async () => {
    databases = await startSqlite();
    await fill(databases.createDatabase());
    const before = await backend.names();
    await strikeMidWalk(() => knex.raw('BEGIN EXCLUSIVE'));
    await until(
      async () =>
        backend
          .messages('warn', 'error')
          .some(line => patternOf(LOCKED.says).test(line)),
      async () => `the lock to be met. ${backend.tail}`,
    );
    await knex.raw('ROLLBACK');
    await expectRecovery(before);
  });

  describe('PostgreSQL', () => {
    let postgres: PostgresServer;

    beforeEach(async () => {
      postgres = await startPostgres();
      databases = postgres;
      await fill(postgres.createDatabase());
    });

    it(`${STOPPED.fault}`, async () => {
      const before = await backend.names();
      await knex.destroy();
      await strikeMidWalk(() => postgres.pause());
      expect(await fails()).toMatch(/ECONNREFUSED|terminat/);
      await postgres.resume();
      await expectRecovery(before);
    });

    it(`${CUT_OFF.fault}`, async () => {
      const before = await backend.names();
      await strikeMidWalk(() =>
        knex.raw(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()',
        ),
      );
      await expectRecovery(before);
    });
  });
});

describe('the clock', () => {
  const DAY = 24 * 3_600_000;
  const timing = fakeTiming();
  const workspace = new Changing();
  let simulator: Simulator;
  let backend: TestBackend;

  beforeAll(async () => {
    simulator = await startSimulator({ workspaces: [workspace.acme] });
    const { schedule } = ON_DEMAND;
    backend = await TestBackend.start({
      config: configFor(simulator, { workspace: 'acme', schedule }),
      features: [bitbucketCloud, clientWithTiming(timing)],
    });
    await backend.hasComponents(workspace.names);
  });
  afterAll(async () => {
    await backend.stop();
    await simulator.stop();
  });

  it.each([
    [CLOCK_BACK.fault, [-DAY]],
    [CLOCK_AHEAD.fault, [40 * DAY]],
    [CLOCK_AHEAD.fault, [40 * DAY, -40 * DAY]],
  ])('%s: %j', async (_, jumps) => {
    for (const jump of jumps) {
      timing.advance(jump);
      workspace.change();
      await backend.walk();
      await workspace.arrives(backend);
    }
    expect(backend.messages()).toEqual([]);
  });
});

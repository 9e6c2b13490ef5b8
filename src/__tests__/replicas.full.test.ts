import {
  generateWorkspace,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import bitbucketCloud from '..';
import {
  BackendProcess,
  componentFile,
  configFor,
  Database,
  DatabaseServer,
  ON_DEMAND,
  sharedPostgres,
  TestBackend,
  until,
} from '../../testing';

describe('two replicas on one PostgreSQL', () => {
  let databases: DatabaseServer;
  let database: Database;
  let acme: SimulatedWorkspace;
  let simulator: Simulator;
  let replicas: TestBackend[] = [];

  beforeAll(async () => {
    databases = await sharedPostgres();
  });
  beforeEach(async () => {
    database = databases.createDatabase();
    acme = generateWorkspace({ slug: 'acme', repositories: 30 });
    simulator = await startSimulator({ workspaces: [acme] });
    // The catalog's own tables are there; this module's are not.
    const catalog = await start([]);
    await catalog.stop();
  });
  afterEach(async () => {
    await Promise.all(replicas.map(replica => replica.stop()));
    await simulator.stop();
  });
  afterAll(() => databases.stop());

  function start(features = [bitbucketCloud]): Promise<TestBackend> {
    const config = configFor(simulator, { workspace: 'acme', ...ON_DEMAND });
    return TestBackend.start({ config, database, features });
  }

  async function hasComponents(count: number): Promise<void> {
    await until(
      async () => (await replicas[0].names()).length === count,
      `${count} components`,
    );
  }

  it('start together, walk together, and continue when one has ended', async () => {
    replicas = await Promise.all([start(), start()]);
    await Promise.all(replicas.map(replica => replica.walked()));
    await hasComponents(24);

    const slug = acme.repositories[0].slug;
    acme.push(slug, { 'catalog-info.yaml': componentFile('pushed') });
    await Promise.all(replicas.map(replica => replica.walk()));
    const [first, second] = replicas;
    await until(
      async () => (await second.names()).includes('pushed'),
      'the push',
    );
    expect(first.messages('error')).toEqual([]);
    expect(second.messages('error')).toEqual([]);

    await first.stop();
    replicas = [second];
    acme.push(slug, { 'catalog-info.yaml': componentFile('pushed-later') });
    await second.walk();
    await until(
      async () => (await second.names()).includes('pushed-later'),
      'the later push',
    );
  });

  describe('in processes that are killed', () => {
    /** Then the scheduler gives to another replica what a dead one had begun. */
    const TAKEN_OVER_SECONDS = 120;

    let processes: BackendProcess[] = [];

    afterEach(async () => {
      await Promise.all(processes.map(one => one.end('SIGKILL')));
    });

    function fork(): Promise<BackendProcess> {
      const schedule = {
        frequency: { seconds: 1 },
        timeout: { seconds: 10 },
      };
      return BackendProcess.fork({
        config: configFor(simulator, { workspace: 'acme', schedule }),
        database,
        limits: { attemptTimeoutMs: 3_000 },
      });
    }

    /** The first of the replicas dies when so many files have been read. */
    async function killAfter(files: number): Promise<void> {
      const enough = simulator.requests.count({ endpoint: 'src' }) + files;
      const clearFault = simulator.faults.add({
        endpoint: 'src',
        skip: files,
        kind: 'hang',
        when: 'beforeHeaders',
      });
      await until(
        async () => simulator.requests.count({ endpoint: 'src' }) > enough,
        async () => `a walk to come so far. ${processes.at(-1)?.tail}`,
        TAKEN_OVER_SECONDS,
      );
      await processes.shift()?.end('SIGKILL');
      clearFault();
    }

    /** Waits until the other replica shows so many components of a lifecycle. */
    async function expectOther(
      count: number,
      lifecycle: string | RegExp,
    ): Promise<void> {
      const [other] = processes;
      await other.started();
      await until(
        async () => {
          const components = await other.entities('component');
          const found = components.filter(
            ({ spec }) => String(spec?.lifecycle).search(lifecycle) >= 0,
          );
          return found.length === count;
        },
        async () => `${count} components. ${other.tail}`,
        TAKEN_OVER_SECONDS,
      );
    }

    it('start together and die in turn, and the other one continues', async () => {
      processes = await Promise.all([fork(), fork()]);
      await killAfter(10);
      await expectOther(24, /./);

      processes.push(await fork());
      await processes[1].started();
      const pushed = acme.repositories.filter(({ head }) => head).slice(0, 4);
      for (const { slug } of pushed) {
        acme.push(slug, { 'catalog-info.yaml': componentFile(slug, 'late') });
      }
      await killAfter(2);
      await expectOther(4, 'late');
    }, 400_000);
  });
});

import {
  generateWorkspace,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import bitbucketCloud from '..';
import {
  componentFile,
  configFor,
  Database,
  DatabaseServer,
  ON_DEMAND,
  startPostgres,
  TestBackend,
  until,
} from './support';

describe('two replicas on one PostgreSQL', () => {
  let databases: DatabaseServer;
  let database: Database;
  let acme: SimulatedWorkspace;
  let simulator: Simulator;
  let replicas: TestBackend[] = [];

  beforeAll(async () => {
    databases = await startPostgres();
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

  it('start together, walk together, and go on when one is gone', async () => {
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
});

import {
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import {
  componentFile,
  configFor,
  Database,
  DatabaseServer,
  ON_DEMAND,
  ShownEntity,
  startSqlite,
  TestBackend,
  until,
} from '../../testing';

const SHOP = 'https://bitbucket.org/acme/shop/src/main';

/** 5,000 bytes and a little more. */
const padding = `# ${'x'.repeat(5_000)}\n`;

const apiFile = `apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders
spec:
  type: openapi
  lifecycle: production
  owner: team-a
  definition:
    $text: ./orders.txt
`;

describe('maxFileSize', () => {
  let databases: DatabaseServer;
  let database: Database;
  let acme: SimulatedWorkspace;
  let simulator: Simulator;
  let backend: TestBackend;

  beforeEach(async () => {
    acme = new SimulatedWorkspace({ slug: 'acme' });
    acme.addRepository({
      slug: 'shop',
      files: {
        'catalog-info.yaml': componentFile('shop', 'small'),
        'orders.yaml': apiFile,
        'orders.txt': 'small',
      },
    });
    simulator = await startSimulator({ workspaces: [acme] });
    databases = await startSqlite();
    database = databases.createDatabase();
    await start('2kb');
    await backend.hasComponents(['shop']);
  });

  afterEach(async () => {
    await backend.stop();
    await simulator.stop();
    await databases.stop();
  });

  async function start(maxFileSize: string): Promise<void> {
    const provider = {
      workspace: 'acme',
      catalogPath: ['/catalog-info.yaml', '/orders.yaml'],
      ...ON_DEMAND,
    };
    const config = configFor(simulator, provider, { maxFileSize });
    backend = await TestBackend.start({ database, config });
    await backend.walked();
  }

  async function restart(maxFileSize: string): Promise<void> {
    await backend.stop();
    simulator.requests.clear();
    await start(maxFileSize);
  }

  const reads = () => simulator.requests.count({ endpoint: 'src' });

  async function errorsOf(kind: string): Promise<string[]> {
    const entities: ShownEntity[] = await backend.entities(kind);
    return entities
      .flatMap(({ status }) => status?.items ?? [])
      .map(({ message }) => message);
  }

  /** Waits for an entity to say what is too large. */
  async function says(kind: string, error: string): Promise<void> {
    await until(
      async () => (await errorsOf(kind)).some(text => text.includes(error)),
      async () => `"${error}", but there is ${await errorsOf(kind)}`,
    );
  }

  const lifecycle = async () =>
    (await backend.entities('component'))[0].spec?.lifecycle;

  it('is kept to as it is set: a file is read once the limit is raised, and stays when it is lowered', async () => {
    const file = `${componentFile('shop', 'large')}${padding}`;
    acme.push('shop', { 'catalog-info.yaml': file });
    await backend.walk();
    await says(
      'location',
      `${SHOP}/catalog-info.yaml is 5.1 KiB, larger than integrations.bitbucketCloud[0].maxFileSize allows (2 KiB).`,
    );
    expect(await lifecycle()).toBe('small');

    await restart('6kb');
    await until(async () => (await lifecycle()) === 'large', 'a larger file');
    expect(reads()).toBe(1);
    await until(
      async () => (await errorsOf('location')).length === 0,
      'no more errors',
    );

    await restart('3kb');
    await says('location', 'maxFileSize allows (3 KiB).');
    expect(await lifecycle()).toBe('large');
    expect(reads()).toBe(0);
  });

  it('holds for what an entity takes from another file', async () => {
    const definition = async () =>
      (await backend.entities('api'))[0]?.spec?.definition;
    await until(async () => (await definition()) === 'small', 'an API');
    acme.push('shop', { 'orders.txt': padding });
    await backend.walk();
    await says('api', `${SHOP}/orders.txt is 4.9 KiB, larger than `);
    expect(await definition()).toBe('small');
    acme.push('shop', { 'orders.txt': 'fixed' });
    await backend.walk();
    await until(
      async () => (await definition()) === 'fixed',
      'the API to have the smaller file',
    );
    expect(await errorsOf('api')).toEqual([]);
  });
});

import eventsPlugin from '@backstage/plugin-events-backend';
import {
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
  startSqlite,
  TestBackend,
  until,
} from '../../testing';

const SECRET = 'a-secret-for-tests';
/** Repositories that are looked at at once. */
const AT_ONCE = 4;
/** How long a catalog may take to read them all. */
const READ_SECONDS = 100;

describe('many repositories that are pushed to at once', () => {
  let sqlite: DatabaseServer | undefined;
  let slugs: string[];
  let acme: SimulatedWorkspace;
  let simulator: Simulator;
  let backend: TestBackend;

  afterEach(async () => {
    await backend.stop();
    await simulator.stop();
    await sqlite?.stop();
    sqlite = undefined;
  });

  async function startWith(
    repositories: number,
    ...others: Parameters<typeof start>
  ): Promise<void> {
    slugs = Array.from(
      { length: repositories },
      (_, index) => `r${100 + index}`,
    );
    acme = new SimulatedWorkspace({ slug: 'acme' });
    for (const slug of slugs) {
      acme.addRepository({
        slug,
        files: { 'catalog-info.yaml': componentFile(slug, 'old') },
      });
    }
    simulator = await startSimulator({ workspaces: [acme] });
    await start(...others);
    await hasAll('old');
  }

  async function start(
    requestsPerHour?: number,
    database?: Database,
  ): Promise<void> {
    const provider = {
      workspace: 'acme',
      catalogPath: '/catalog-info.yaml',
      ...ON_DEMAND,
    };
    const entry = requestsPerHour === undefined ? {} : { requestsPerHour };
    const { catalog, ...others } = configFor(simulator, provider, entry);
    backend = await TestBackend.start({
      database,
      config: {
        ...others,
        // What has changed is read because the module says so.
        catalog: {
          ...catalog,
          processingInterval: { hours: 1 },
          stitchingStrategy: {
            mode: 'deferred',
            pollingInterval: { milliseconds: 100 },
          },
        },
        events: {
          useEventBus: 'never',
          modules: { bitbucketCloud: { webhookSecret: SECRET } },
        },
      },
      features: [bitbucketCloud, eventsPlugin],
    });
  }

  /** Pushes to all of them, and sends the deliveries one after the other. */
  async function pushToAll(): Promise<void> {
    acme.hooks.add({
      url: `${backend.baseUrl}/api/events/http/bitbucketCloud`,
      events: ['repo:push'],
      secret: SECRET,
    });
    simulator.requests.clear();
    simulator.deliveries.plan = () => 'hold';
    for (const slug of slugs) {
      acme.push(slug, { 'catalog-info.yaml': componentFile(slug, 'new') });
    }
    await simulator.deliveries.release();
  }

  async function countOf(lifecycle: string): Promise<number> {
    const components = await backend.entities('component');
    return components.filter(({ spec }) => spec?.lifecycle === lifecycle)
      .length;
  }

  async function hasAll(lifecycle: string): Promise<void> {
    await until(
      async () => (await countOf(lifecycle)) === slugs.length,
      async () =>
        `${slugs.length} components with lifecycle ${lifecycle}, of which there are ${await countOf(lifecycle)}. Logged: ${backend.messages().join('; ')}`,
      READ_SECONDS,
    );
  }

  /** Uuids of repositories, in the order in which they were asked for. */
  const looksInTurn = () =>
    simulator.requests.entries
      .filter(({ endpoint }) => endpoint === 'repository')
      .map(({ path }) => decodeURIComponent(path.split('/').at(-1) ?? ''));

  it('are all in the catalog for two requests each, in order of arrival', async () => {
    await startWith(100);
    await pushToAll();
    await hasAll('new');
    expect(simulator.requests.count()).toBeLessThanOrEqual(200);
    const looks = looksInTurn();
    expect(looks).toHaveLength(100);
    // A look begins when no more than three of those before it are under way.
    const early = slugs.filter(
      (slug, place) =>
        looks.indexOf(acme.repository(slug).uuid) <= place - AT_ONCE,
    );
    expect(early).toEqual([]);
    expect(backend.messages()).toEqual([]);
  }, 300_000);

  it('stay within the budget, and the next walk makes up for the rest', async () => {
    sqlite = await startSqlite();
    const database = sqlite.createDatabase();
    await startWith(30, 80, database);
    const before = simulator.requests.count();
    await pushToAll();
    await until(
      async () =>
        backend
          .messages('debug')
          .some(line => /^A delivery for .* could not be processed/.test(line)),
      'the budget to be used up',
    );
    await until(
      async () => (await countOf('new')) > 0,
      'the first ones to be in the catalog',
    );
    expect(before + simulator.requests.count()).toBeLessThanOrEqual(80);
    expect(await backend.names()).toEqual(slugs);
    await backend.stop();

    await start(undefined, database);
    await hasAll('new');
  }, 300_000);
});

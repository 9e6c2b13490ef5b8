import eventsPlugin from '@backstage/plugin-events-backend';
import { JsonObject } from '@backstage/types';
import bitbucketCloud from '..';
import { Delivery } from '../../dev/simulator/deliveries/types';
import { Simulator, startSimulator } from '../../dev/simulator/simulator';
import { SimulatedWorkspace } from '../../dev/simulator/world/workspace';
import { TestBackend } from '../../testing/backend';
import { Database } from '../../testing/backendConfig';
import { configFor } from '../../testing/configFor';
import { DatabaseServer, sharedPostgres } from '../../testing/databases';
import { componentFile } from '../../testing/entities';
import { identities } from '../../testing/identities';
import { ON_DEMAND } from '../../testing/schedule';
import { until } from '../../testing/until';
import { PROCESSED } from '../ingestion/ProviderSubscriber';

const SECRET = 'a-secret-for-tests';
const FILE = 'https://bitbucket.org/acme/shop/src/main/catalog-info.yaml';
const COMPONENT = 'component:default/shop';

/** With the event bus, and with long polls that end soon, since a backend that stops waits for them. */
const EVENTS = {
  notifyTimeoutMs: 500,
  modules: { bitbucketCloud: { webhookSecret: SECRET } },
};

describe('webhooks, with two replicas on one PostgreSQL', () => {
  let databases: DatabaseServer;
  let database: Database;
  let acme: SimulatedWorkspace;
  let simulator: Simulator;
  let replicas: TestBackend[];
  /** Has an events backend on the same database, and nothing to do with Bitbucket. */
  let front: TestBackend | undefined;

  beforeAll(async () => {
    databases = await sharedPostgres();
  });
  beforeEach(async () => {
    acme = new SimulatedWorkspace({ slug: 'acme' });
    for (const slug of ['pay', 'shop']) {
      acme.addRepository({
        slug,
        files: { 'catalog-info.yaml': componentFile(slug) },
      });
    }
    simulator = await startSimulator({ workspaces: [acme] });
    database = databases.createDatabase();
    front = undefined;
    replicas = [await startReplica()];
    replicas.push(await startReplica());
    await Promise.all(replicas.map(replica => replica.walked()));
    await replicas[0].hasComponents(['pay', 'shop']);
    simulator.requests.clear();
  });
  afterEach(async () => {
    await front?.stop();
    await Promise.all(replicas.map(replica => replica.stop()));
    await simulator.stop();
  });
  afterAll(() => databases.stop());

  function startReplica(): Promise<TestBackend> {
    const provider = {
      workspace: 'acme',
      catalogPath: '/catalog-info.yaml',
      ...ON_DEMAND,
    };
    const entry = { freshness: { hours: 1 } };
    return TestBackend.start({
      database,
      config: { ...configFor(simulator, provider, entry), events: EVENTS },
      features: [bitbucketCloud, eventsPlugin],
    });
  }

  /** A backend that takes deliveries, and has a catalog of its own. */
  function startFront(): Promise<TestBackend> {
    const ownCatalog = { client: 'better-sqlite3', connection: ':memory:' };
    return TestBackend.start({
      database: { ...database, plugin: { catalog: ownCatalog } },
      config: { events: { ...EVENTS, http: { topics: ['bitbucketCloud'] } } },
      features: [eventsPlugin],
    });
  }

  /** Waits until deliveries that come through the event bus reach a replica. */
  async function isSubscribed(): Promise<void> {
    await until(
      async () =>
        replicas.some(replica =>
          replica
            .messages('debug')
            .some(line => line.startsWith('New subscription')),
        ),
      'a subscription to the event bus',
    );
  }

  function addHooks(...backends: TestBackend[]): void {
    for (const backend of backends) {
      acme.hooks.add({
        url: ingressOf(backend),
        events: ['repo:push'],
        secret: SECRET,
      });
    }
  }

  function push(lifecycle: string): void {
    acme.push('shop', {
      'catalog-info.yaml': componentFile('shop', lifecycle),
    });
  }

  /** Waits until the catalog, as a replica shows it, has this content. */
  async function hasLifecycle(
    replica: TestBackend,
    lifecycle: string,
  ): Promise<void> {
    await until(
      async () => {
        const components = await replica.entities('component');
        return components.some(
          ({ metadata, spec }) =>
            metadata.name === 'shop' && spec?.lifecycle === lifecycle,
        );
      },
      `shop with lifecycle ${lifecycle}. Logged: ${replica.messages().join('; ')}`,
    );
  }

  const looks = () =>
    replicas.flatMap(replica =>
      replica
        .messages('debug', 'info')
        .filter(line => line.startsWith(PROCESSED)),
    );

  /** What has become of the deliveries to all replicas together. */
  async function counts(): Promise<Record<string, number>> {
    const sum: Record<string, number> = {};
    for (const replica of replicas) {
      const answer = await replica.get('bitbucket/status');
      const { hosts } = (await answer.json()) as {
        hosts: { deliveries: Record<string, number> }[];
      };
      const [{ deliveries }] = hosts;
      for (const outcome of ['accepted', 'ignored', 'repeated', 'failed']) {
        sum[outcome] = (sum[outcome] ?? 0) + deliveries[outcome];
      }
    }
    return sum;
  }

  async function haveCounted(wanted: Record<string, number>): Promise<void> {
    await until(
      async () => {
        const found = await counts();
        return Object.keys(wanted).every(key => found[key] === wanted[key]);
      },
      async () =>
        `${JSON.stringify(wanted)}; there are ${JSON.stringify(await counts())}`,
    );
  }

  /** Both read the file again, and neither requests it from Bitbucket. */
  async function expectBothServe(lifecycle: string): Promise<void> {
    const before = simulator.requests.count();
    for (const replica of replicas) {
      expect(await read(replica)).toMatchObject({ spec: { lifecycle } });
    }
    expect(simulator.requests.count()).toBe(before);
  }

  /** For so many deliveries, both replicas may read the file at the same moment. */
  function expectRequests(count: number): void {
    const sent = simulator.requests.count();
    expect(sent).toBeGreaterThanOrEqual(count);
    expect(sent).toBeLessThanOrEqual(count + count / 2);
  }

  it('one of them acts on a delivery, and both serve what it found', async () => {
    addHooks(replicas[0]);
    const before = await identities(replicas[1]);
    push('deprecated');
    await hasLifecycle(replicas[1], 'deprecated');
    await haveCounted({ accepted: 1, ignored: 0, failed: 0 });
    expect(looks()).toHaveLength(1);
    expectRequests(2);
    await expectBothServe('deprecated');
    const after = await identities(replicas[1]);
    expect(after).toEqual({
      ...before,
      [COMPONENT]: { uid: before[COMPONENT].uid, etag: expect.any(String) },
    });
  });

  it('the next delivery may come to the other one', async () => {
    addHooks(replicas[0]);
    push('first');
    await hasLifecycle(replicas[1], 'first');
    acme.hooks.update(acme.hooks.all[0], { url: ingressOf(replicas[1]) });
    push('second');
    await hasLifecycle(replicas[0], 'second');
    await haveCounted({ accepted: 2 });
    expectRequests(4);
    await expectBothServe('second');
  });

  it('one of them acts on a delivery that comes through the event bus, without its headers', async () => {
    front = await startFront();
    await isSubscribed();
    addHooks(front);
    push('deprecated');
    await hasLifecycle(replicas[0], 'deprecated');
    await haveCounted({ accepted: 1, ignored: 0, failed: 0 });
    expect(looks()).toHaveLength(1);
    expectRequests(2);
    await expectBothServe('deprecated');
    expect(await front.names()).toEqual([]);
  });

  it('a delivery that is repeated at the other one changes nothing', async () => {
    addHooks(replicas[0]);
    simulator.deliveries.plan = () => 'hold';
    push('deprecated');
    const [delivery] = simulator.deliveries.held;
    await simulator.deliveries.release();
    await hasLifecycle(replicas[0], 'deprecated');
    await haveCounted({ accepted: 1 });
    const before = await identities(replicas[0]);
    simulator.requests.clear();
    simulator.deliveries.plan = () => 'send';
    simulator.deliveries.dispatch(toOther(delivery, replicas[1]));
    simulator.deliveries.dispatch(delivery);
    await haveCounted({ accepted: 1, ignored: 1, repeated: 1 });
    expect(simulator.requests.count()).toBe(0);
    expect(await identities(replicas[0])).toEqual(before);
  });

  it('deliveries to both at once change the entity once', async () => {
    addHooks(...replicas);
    const etags = await watchEtags(replicas[0], async () => {
      push('deprecated');
      await hasLifecycle(replicas[0], 'deprecated');
      await until(
        async () => {
          const { accepted, ignored } = await counts();
          return accepted + ignored === 2 && looks().length === accepted;
        },
        async () => `both deliveries: ${JSON.stringify(await counts())}`,
      );
      await replicas[0].walk();
    });
    expect(etags).toHaveLength(2);
    expect(await replicas[1].targets()).toHaveLength(2);
    for (const replica of replicas) {
      expect(replica.messages('error')).toEqual([]);
    }
    await expectBothServe('deprecated');
  });
});

const ingressOf = ({ baseUrl }: TestBackend) =>
  `${baseUrl}/api/events/http/bitbucketCloud`;

const toOther = (delivery: Delivery, backend: TestBackend): Delivery => ({
  ...delivery,
  hook: { ...delivery.hook, url: ingressOf(backend) },
});

/** What a replica reads of the file of the shop, through its own URL reader. */
async function read(replica: TestBackend): Promise<JsonObject | undefined> {
  const answer = await replica.post('locations?dryRun=true', {
    type: 'url',
    target: FILE,
  });
  expect(answer.status).toBe(201);
  const { entities } = (await answer.json()) as { entities: JsonObject[] };
  return entities.find(({ kind }) => kind === 'Component');
}

/** The versions of the shop's component that are seen while something is done. */
async function watchEtags(
  replica: TestBackend,
  work: () => Promise<void>,
): Promise<string[]> {
  const seen = new Set<string>();
  const look = async () => {
    const { etag } = (await identities(replica))[COMPONENT] ?? {};
    seen.add(etag ?? 'none');
  };
  await look();
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      await look();
    }
  })();
  try {
    await work();
  } finally {
    isOver = true;
    await watching;
  }
  return [...seen];
}

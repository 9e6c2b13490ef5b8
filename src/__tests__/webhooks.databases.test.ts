import { createBackendModule } from '@backstage/backend-plugin-api';
import eventsPlugin from '@backstage/plugin-events-backend';
import { EventsService, eventsServiceRef } from '@backstage/plugin-events-node';
import { JsonObject } from '@backstage/types';
import bitbucketCloud from '..';
import { Simulator, startSimulator } from '../../dev/simulator/simulator';
import { HookEvent } from '../../dev/simulator/world/hooks';
import { SimulatedWorkspace } from '../../dev/simulator/world/workspace';
import { TestBackend } from '../../testing/backend';
import { configFor } from '../../testing/configFor';
import { DATABASES, DatabaseServer } from '../../testing/databases';
import { componentFile } from '../../testing/entities';
import { identities } from '../../testing/identities';
import { ON_DEMAND } from '../../testing/schedule';
import { until } from '../../testing/until';
import { PROCESSED } from '../ingestion/ProviderSubscriber';

const SECRET = 'a-secret-for-tests';
const EVENTS: HookEvent[] = [
  'repo:push',
  'repo:created',
  'repo:deleted',
  'repo:imported',
  'repo:transfer',
  'repo:updated',
  'project:updated',
];
/** Deliveries take no way through the database, which a backend that stops waits for. */
const LOCAL = { useEventBus: 'never' };
const SHOP = { slug: 'shop', project: 'SHOP' };

describe.each(DATABASES)('webhooks, on %s', (_, startServer) => {
  let databases: DatabaseServer;
  let acme: SimulatedWorkspace;
  let other: SimulatedWorkspace;
  let simulator: Simulator;
  let backend: TestBackend;

  beforeAll(async () => {
    databases = await startServer();
  });
  beforeEach(async () => {
    acme = new SimulatedWorkspace({ slug: 'acme' });
    other = new SimulatedWorkspace({ slug: 'other' });
    acme.addRepository({
      ...SHOP,
      files: { 'catalog-info.yaml': componentFile('shop') },
    });
    acme.addRepository({
      slug: 'pay',
      project: 'SHOP',
      files: { 'catalog-info.yaml': componentFile('pay') },
    });
    simulator = await startSimulator({ workspaces: [acme, other] });
  });
  afterEach(async () => {
    await backend.stop();
    await simulator.stop();
  });
  afterAll(() => databases.stop());

  /** A backend that is told of what happens from now on, and asks nothing by itself. */
  async function start(provider: JsonObject = {}): Promise<void> {
    const config = configFor(simulator, {
      workspace: 'acme',
      catalogPath: ['/catalog-info.yaml', '/more.yaml'],
      ...ON_DEMAND,
      ...provider,
    });
    backend = await TestBackend.start({
      database: databases.createDatabase(),
      config: {
        ...config,
        catalog: { ...config.catalog, processingInterval: { hours: 1 } },
        events: {
          ...LOCAL,
          modules: { bitbucketCloud: { webhookSecret: SECRET } },
        },
      },
      features: [bitbucketCloud, eventsPlugin],
    });
    await backend.hasComponents(['pay', 'shop']);
    await backend.walked();
    const url = `${backend.baseUrl}/api/events/http/bitbucketCloud`;
    [acme, other].forEach(({ hooks }) =>
      hooks.add({ url, events: EVENTS, secret: SECRET }),
    );
    simulator.requests.clear();
  }

  async function counts(): Promise<Record<string, number>> {
    const answer = await backend.get('bitbucket/status');
    return ((await answer.json()) as { deliveries: Record<string, number> })
      .deliveries;
  }

  const looks = () =>
    backend
      .messages('debug', 'info')
      .filter(line => line.startsWith(PROCESSED));

  /** Waits until as many looks are over. */
  async function looked(times = 1): Promise<string> {
    await until(
      async () => looks().length === times,
      async () => `${times} looks. There were ${looks().join('; ')}`,
    );
    return looks()[times - 1];
  }

  async function hasLifecycle(name: string, lifecycle: string): Promise<void> {
    await until(async () => {
      const components = await backend.entities('component');
      const found = components.find(({ metadata }) => metadata.name === name);
      return found?.spec?.lifecycle === lifecycle;
    }, `${name} with lifecycle ${lifecycle}`);
  }

  const file = (name: string, lifecycle?: string) => ({
    'catalog-info.yaml': componentFile(name, lifecycle),
  });

  describe('a push', () => {
    it('changes the entity, and no other', async () => {
      await start();
      const before = await identities(backend);
      acme.push('shop', file('shop', 'deprecated'));
      await hasLifecycle('shop', 'deprecated');
      expect(await looked()).toMatch(
        /^Processed a delivery for acme\/shop: 1 catalog file, 0 added, 1 changed, 0 removed, 3 requests, /,
      );
      expect(simulator.requests.count()).toBe(3);
      const after = await identities(backend);
      expect(after['component:default/pay']).toEqual(
        before['component:default/pay'],
      );
      expect(after['component:default/shop'].uid).toBe(
        before['component:default/shop'].uid,
      );
      expect(await counts()).toMatchObject({ accepted: 1 });
    });

    it('costs two requests where one file is looked for', async () => {
      await start({ catalogPath: '/catalog-info.yaml' });
      acme.push('shop', file('shop', 'deprecated'));
      await hasLifecycle('shop', 'deprecated');
      expect(simulator.requests.count()).toBe(2);
    });

    it('adds files and removes them', async () => {
      await start();
      acme.push('shop', { 'more.yaml': componentFile('more') });
      await backend.hasComponents(['more', 'pay', 'shop']);
      await looked();
      acme.push('shop', { 'more.yaml': null });
      await backend.hasComponents(['pay', 'shop']);
    });

    it('costs nothing on another branch, or of a commit that is known', async () => {
      await start();
      acme.createBranch('shop', 'next');
      acme.push('shop', file('shop', 'next'), { branch: 'next' });
      await simulator.deliveries.settled();
      simulator.deliveries.plan = () => 'hold';
      acme.push('shop', file('shop', 'deprecated'));
      await backend.walk();
      simulator.requests.clear();
      await simulator.deliveries.release();
      await until(
        async () => (await counts()).ignored === 3,
        'three deliveries to be ignored',
      );
      expect(simulator.requests.count()).toBe(0);
      await hasLifecycle('shop', 'deprecated');
    });

    it('costs nothing a second time', async () => {
      await start();
      simulator.deliveries.plan = () => ({ repeat: 5 });
      acme.push('shop', file('shop', 'deprecated'));
      await simulator.deliveries.settled();
      await looked();
      await hasLifecycle('shop', 'deprecated');
      expect(await counts()).toMatchObject({ accepted: 1, repeated: 5 });
      expect(simulator.requests.count()).toBe(3);
    });

    it('is one look with a hundred others', async () => {
      await start();
      for (let push = 0; push < 100; push += 1) {
        acme.push('shop', file('shop', `lifecycle-${push}`));
      }
      await hasLifecycle('shop', 'lifecycle-99');
      await simulator.deliveries.settled();
      // The last one may come when its commit is known.
      const { accepted, ignored } = await counts();
      expect(accepted + ignored).toBe(100);
      // One more may be under way, which is in the log when it has ended.
      expect(simulator.requests.count()).toBeLessThanOrEqual(
        3 * (looks().length + 1),
      );
      expect(looks().length).toBeLessThanOrEqual(10);
    });

    it('counts for nothing when it comes late, and the one before it last', async () => {
      await start();
      simulator.deliveries.plan = () => 'hold';
      acme.push('shop', file('shop', 'first'));
      acme.push('shop', file('shop', 'second'));
      await simulator.deliveries.release(held => held.reverse());
      await hasLifecycle('shop', 'second');
      await looked();
      await backend.walk();
      const shop = (await backend.entities('component'))[1];
      expect(shop.spec?.lifecycle).toBe('second');
    });

    it('is made up for by the next walk when its delivery is lost', async () => {
      await start();
      simulator.deliveries.plan = () => 'lose';
      acme.push('shop', file('shop', 'deprecated'));
      await backend.walk();
      await hasLifecycle('shop', 'deprecated');
      expect(looks()).toEqual([]);
    });
  });

  describe('a repository', () => {
    it('that is new is looked into', async () => {
      await start();
      acme.addRepository({ slug: 'new', files: file('new') });
      await backend.hasComponents(['new', 'pay', 'shop']);
    });

    it('that takes the name of another is read anew', async () => {
      await start();
      acme.removeRepository('shop');
      acme.addRepository({ slug: 'shop', files: file('shop', 'deprecated') });
      await hasLifecycle('shop', 'deprecated');
      expect(await backend.names()).toEqual(['pay', 'shop']);
    });

    it('keeps its entities under a new name', async () => {
      await start();
      const before = await identities(backend);
      acme.renameRepository('shop', 'store');
      await until(
        async () =>
          (await backend.targets()).includes(
            'https://bitbucket.org/acme/store/src/main/catalog-info.yaml',
          ),
        'the Location of the new name',
      );
      expect(await backend.targets()).toHaveLength(2);
      expect((await identities(backend))['component:default/shop'].uid).toBe(
        before['component:default/shop'].uid,
      );
    });

    it('goes out of the filters and into them', async () => {
      await start({ filters: { projectKey: 'SHOP' } });
      acme.setProject('shop', 'ELSE');
      await backend.hasComponents(['pay']);
      acme.setProject('shop', 'SHOP');
      await backend.hasComponents(['pay', 'shop']);
    });

    it('follows the key of its project', async () => {
      await start({ filters: { projectKey: 'SHOP' } });
      acme.updateProject('SHOP', { key: 'STORE' });
      await backend.hasComponents([]);
      // The project's repositories, and each one before it goes.
      expect(simulator.requests.count()).toBe(3);
      acme.updateProject('STORE', { key: 'SHOP' });
      await backend.hasComponents(['pay', 'shop']);
      expect(simulator.requests.count()).toBe(4);
    });

    it('costs nothing with its project where projects do not matter', async () => {
      await start();
      acme.updateProject('SHOP', { key: 'STORE' });
      await until(
        async () => (await counts()).ignored === 1,
        'a delivery to be ignored',
      );
      expect(simulator.requests.count()).toBe(0);
    });

    it('that is deleted is asked for, and then gone', async () => {
      await start();
      acme.removeRepository('shop');
      await backend.hasComponents(['pay']);
    });

    it('that moves to another workspace is gone', async () => {
      await start();
      acme.transferRepository('shop', other);
      await backend.hasComponents(['pay']);
      expect(await counts()).toMatchObject({ failed: 0 });
    });
  });

  it('that come no longer are missed', async () => {
    await start({ fullWalk: { hours: 24 } });
    const pushAndWalk = async (lifecycle: string) => {
      acme.push('shop', file('shop', lifecycle));
      await simulator.deliveries.settled();
      await backend.walk();
    };
    const status = async () => {
      const answer = await backend.get('bitbucket/status');
      const { providers } = (await answer.json()) as {
        providers: { deliveries?: { silentSince?: string } }[];
      };
      return providers[0].deliveries;
    };
    acme.push('shop', file('shop', 'first'));
    await looked();
    expect(await status()).toEqual({ lastAt: expect.any(String) });

    simulator.deliveries.plan = () => 'lose';
    await pushAndWalk('second');
    const realNow = Date.now;
    const later = jest
      .spyOn(Date, 'now')
      .mockImplementation(() => realNow() + 11 * 60_000);
    try {
      await pushAndWalk('third');
      expect(await status()).toMatchObject({
        silentSince: expect.any(String),
      });
      await pushAndWalk('fourth');
      const warnings = backend
        .messages('warn')
        .filter(line => line.startsWith('No webhook delivery has arrived'));
      expect(warnings).toEqual([
        expect.stringMatching(
          / for workspace acme since \S+, although walks have found changes\./,
        ),
      ]);

      simulator.deliveries.plan = () => 'send';
      acme.push('shop', file('shop', 'fifth'));
      await looked(2);
      expect((await status())?.silentSince).toBeUndefined();
    } finally {
      later.mockRestore();
    }
  });

  it('that are not signed with the secret are refused', async () => {
    await start();
    acme.hooks.all.forEach(hook => acme.hooks.update(hook, { secret: 'x' }));
    acme.push('shop', file('shop', 'deprecated'));
    await simulator.deliveries.settled();
    const statuses = simulator.deliveries.attempts.map(({ status }) => status);
    expect(statuses).toEqual([403, 403, 403]);
    expect(await counts()).toMatchObject({ accepted: 0, refused: 3 });
    expect(simulator.requests.count()).toBe(0);
  });
});

describe('webhooks without a secret', () => {
  let acme: SimulatedWorkspace;
  let simulator: Simulator;
  let backend: TestBackend;
  /** Publishes what did not come through the events backend's ingress. */
  let events: EventsService;

  beforeEach(async () => {
    acme = new SimulatedWorkspace({ slug: 'acme' });
    acme.addRepository({
      ...SHOP,
      files: { 'catalog-info.yaml': componentFile('shop') },
    });
    simulator = await startSimulator({ workspaces: [acme] });
  });
  afterEach(async () => {
    await backend.stop();
    await simulator.stop();
  });

  async function start(settings: JsonObject): Promise<void> {
    const modules = { bitbucketCloud: settings };
    const publisher = createBackendModule({
      pluginId: 'catalog',
      moduleId: 'publisher',
      register(env) {
        env.registerInit({
          deps: { service: eventsServiceRef },
          async init({ service }) {
            events = service;
          },
        });
      },
    });
    backend = await TestBackend.start({
      config: {
        ...configFor(simulator, {
          workspace: 'acme',
          schedule: ON_DEMAND.schedule,
        }),
        events: { ...LOCAL, modules },
      },
      features: [bitbucketCloud, eventsPlugin, publisher],
    });
    await backend.hasComponents(['shop']);
    await backend.walked();
  }

  async function post(
    event: string,
    body: JsonObject,
    headers: Record<string, string> = {},
  ): Promise<number> {
    const url = `${backend.baseUrl}/api/events/http/bitbucketCloud`;
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-event-key': event,
        ...headers,
      },
      body: JSON.stringify(body),
    });
    return answer.status;
  }

  const looks = () =>
    backend
      .messages('debug', 'info')
      .filter(line => line.startsWith(PROCESSED));

  async function deliveries() {
    const answer = await backend.get('bitbucket/status');
    const status = (await answer.json()) as {
      deliveries: Record<string, number>;
      providers: { deliveries?: object }[];
    };
    return { ...status, health: status.providers[0].deliveries };
  }

  const said = (text: string) =>
    backend
      .messages('info', 'warn')
      .filter(line => line.includes(`events.modules.bitbucketCloud.${text}`));

  it('are refused and change nothing, the start says how to set the secret, and what other modules publish is taken up', async () => {
    await start({});
    expect(said('webhookSecret')).toEqual([
      expect.stringMatching(
        /^Webhook deliveries are refused with 403, .* openssl rand -hex 32$/,
      ),
    ]);
    const { uuid } = acme.repository('shop');
    const payload = { repository: { uuid, full_name: 'acme/shop' } };
    simulator.requests.clear();
    for (const signature of [undefined, `sha256=${'0'.repeat(64)}`]) {
      const headers = signature ? { 'x-hub-signature': signature } : undefined;
      expect(await post('repo:updated', payload, headers)).toBe(403);
    }
    const refused = await deliveries();
    expect(refused.deliveries).toMatchObject({ accepted: 0, refused: 2 });
    expect(refused.deliveries).not.toHaveProperty('lastAt');
    expect(refused.health).toBeUndefined();
    expect(simulator.requests.count()).toBe(0);

    await events.publish({ topic: 'bitbucketCloud', eventPayload: payload });
    await until(async () => looks().length === 1, 'the shop to be looked at');
    const published = await deliveries();
    expect(published.deliveries).toMatchObject({ accepted: 1, refused: 2 });
    expect(published.health).toEqual({ lastAt: expect.any(String) });
  });

  it('are taken up with allowUnsigned, and neither forged nor malformed ones change anything or break a line of the log', async () => {
    await start({ allowUnsigned: true });
    expect(said('allowUnsigned')).toEqual([
      expect.stringMatching(
        /^Webhook deliveries are accepted without a signature/,
      ),
    ]);
    const { uuid } = acme.repository('shop');
    const repository = { uuid, full_name: 'acme/shop' };
    const target = { hash: '0'.repeat(40) };
    const EVIL = 'acme\n2026-11-26 error: another line';
    const project = (slug: string) => ({ key: 'SHOP', workspace: { slug } });
    const forged: [string, JsonObject][] = [
      ['repo:deleted', { repository }],
      ['repo:transfer', { repository }],
      [
        'repo:push',
        { repository, push: { changes: [{ new: { name: 'main', target } }] } },
      ],
      ['repo:created', { repository: { uuid: '{x}', full_name: 'acme/x' } }],
      ['nonsense', { repository }],
    ];
    const malformed: [string, JsonObject][] = [
      ['repo:push', { repository: { uuid: 5 } }],
      ['project:updated', { project: project(EVIL) }],
      ['repo:updated', { repository: { uuid, full_name: EVIL } }],
      ['repo:updated', { repository: { uuid: EVIL, full_name: 'acme/shop' } }],
      [
        'repo:push',
        { repository, push: { changes: [{ new: { name: EVIL, target } }] } },
      ],
    ];
    for (const [event, body] of [...forged, ...malformed]) {
      expect(await post(event, body)).toBe(202);
    }
    const metadata = { 'x-request-uuid': EVIL, 'x-event-key': 'repo:push' };
    await events.publish({
      topic: 'bitbucketCloud',
      eventPayload: { repository },
      metadata,
    });
    await until(
      async () => looks().length === 2,
      'the two repositories to be looked at',
    );
    await backend.walk();
    expect(await backend.names()).toEqual(['shop']);
    expect((await deliveries()).deliveries).toMatchObject({
      accepted: 4,
      ignored: 1,
      malformed: 6,
    });
    // What the events service says of every event, as JSON.
    const lines = backend
      .messages('debug', 'info', 'warn', 'error')
      .filter(line => !line.startsWith('Event received: '));
    expect(lines.filter(line => line.includes('another line'))).toEqual([]);
  });
});

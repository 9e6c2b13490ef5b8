import eventsPlugin from '@backstage/plugin-events-backend';
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

  /** A backend that gets deliveries of what happens from now on, and walks only at the start. */
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
    const { hosts } = (await answer.json()) as {
      hosts: { deliveries: Record<string, number> }[];
    };
    return hosts[0].deliveries;
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

    it('is processed together with a hundred others', async () => {
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

    it('is ignored when it comes late, and the one before it last', async () => {
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

    it('is found by the next walk when its delivery is lost', async () => {
      await start();
      simulator.deliveries.plan = () => 'lose';
      acme.push('shop', file('shop', 'deprecated'));
      await backend.walk();
      await hasLifecycle('shop', 'deprecated');
      expect(looks()).toEqual([]);
    });
  });

  describe('a repository', () => {
    it('that is new is read', async () => {
      await start();
      acme.addRepository({ slug: 'new', files: file('new') });
      await backend.hasComponents(['new', 'pay', 'shop']);
    });

    it('that takes the name of another is read again', async () => {
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

    it('that is deleted is requested once more, and then removed', async () => {
      await start();
      acme.removeRepository('shop');
      await backend.hasComponents(['pay']);
    });

    it('that moves to another workspace is removed', async () => {
      await start();
      acme.transferRepository('shop', other);
      await backend.hasComponents(['pay']);
      expect(await counts()).toMatchObject({ failed: 0 });
    });
  });

  it('that no longer arrive are reported as silent', async () => {
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

import { createHmac } from 'node:crypto';
import { CatalogScmEvent } from '@backstage/plugin-catalog-node/alpha';
import eventsPlugin from '@backstage/plugin-events-backend';
import { JsonObject } from '@backstage/types';
import {
  HookEvent,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import bitbucketCloud from '..';
import {
  componentFile,
  configFor,
  DatabaseServer,
  DATABASES,
  ON_DEMAND,
  TestBackend,
  until,
} from '../../testing';
import { recordScmEvents } from './recordScmEvents';

const SECRET = 'a-secret-for-tests';
const SHOP = 'https://bitbucket.org/acme/shop';
const FILE = `${SHOP}/src/main/catalog-info.yaml`;

describe.each(DATABASES)('registered locations, on %s', (_, startServer) => {
  let databases: DatabaseServer;
  let acme: SimulatedWorkspace;
  let other: SimulatedWorkspace;
  let simulator: Simulator;
  let backend: TestBackend;
  let published: CatalogScmEvent[];

  beforeAll(async () => {
    databases = await startServer();
  });
  beforeEach(async () => {
    published = [];
    acme = new SimulatedWorkspace({ slug: 'acme' });
    other = new SimulatedWorkspace({ slug: 'other' });
    acme.addRepository({ slug: 'shop', files: file('shop') });
    simulator = await startSimulator({ workspaces: [acme, other] });
  });
  afterEach(async () => {
    await backend.stop();
    await simulator.stop();
  });
  afterAll(() => databases.stop());

  /**
   * A backend that reads nothing again by itself, with these URLs registered: the
   * catalog processes everything once a day, and the mirror is fresh as long.
   */
  async function start(
    urls: string[],
    options: { catalog?: JsonObject; provider?: JsonObject } = {},
  ): Promise<void> {
    const { provider } = options;
    const { integrations, catalog } = configFor(simulator, {
      workspace: 'acme',
      ...ON_DEMAND,
      ...provider,
    }) as { integrations: JsonObject; catalog: JsonObject };
    const [integration] = integrations.bitbucketCloud as JsonObject[];
    backend = await TestBackend.start({
      database: databases.createDatabase(),
      config: {
        integrations: {
          bitbucketCloud: [{ ...integration, freshness: { hours: 1 } }],
        },
        catalog: {
          processingInterval: { hours: 24 },
          scmEvents: true,
          ...(provider ? catalog : {}),
          ...options.catalog,
        },
        events: {
          useEventBus: 'never',
          modules: { bitbucketCloud: { webhookSecret: SECRET } },
        },
      },
      features: [bitbucketCloud, eventsPlugin, recordScmEvents(published)],
    });
    for (const target of urls) {
      await register(target);
    }
    const url = `${backend.baseUrl}/api/events/http/bitbucketCloud`;
    [acme, other].forEach(({ hooks }) =>
      hooks.add({ url, events: EVENTS, secret: SECRET }),
    );
  }

  async function register(target: string): Promise<void> {
    const answer = await backend.get('locations', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'url', target }),
    });
    expect(answer.status).toBe(201);
  }

  /** The URLs that are registered, sorted. */
  async function registered(): Promise<string[]> {
    const answer = await backend.get('locations');
    const rows = (await answer.json()) as { data: { target: string } }[];
    return rows.map(({ data }) => data.target).sort();
  }

  async function hasRegistered(urls: string[]): Promise<void> {
    await until(
      async () => (await registered()).join() === [...urls].sort().join(),
      async () => `${urls} to be registered, not ${await registered()}`,
    );
  }

  async function hasLifecycle(name: string, lifecycle: string): Promise<void> {
    await until(async () => {
      const components = await backend.entities('component');
      const found = components.find(({ metadata }) => metadata.name === name);
      return found?.spec?.lifecycle === lifecycle;
    }, `${name} with lifecycle ${lifecycle}`);
  }

  /** A signed delivery, of whatever. */
  async function deliver(event: string, payload: JsonObject): Promise<void> {
    const body = JSON.stringify(payload);
    const digest = createHmac('sha256', SECRET).update(body).digest('hex');
    const url = `${backend.baseUrl}/api/events/http/bitbucketCloud`;
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-event-key': event,
        'x-hub-signature': `sha256=${digest}`,
      },
      body,
    });
    expect(answer.status).toBe(202);
  }

  /** @param id - the slug or the uuid of a repository of acme */
  const isAskedFor = (id: string) =>
    simulator.requests.entries.some(
      ({ endpoint, path }) =>
        endpoint === 'repository' &&
        path.endsWith(`/acme/${encodeURIComponent(id)}`),
    );

  async function count(outcome: string): Promise<number> {
    const answer = await backend.get('bitbucket/status');
    const { hosts } = (await answer.json()) as {
      hosts: { deliveries: Record<string, number> }[];
    };
    return hosts[0].deliveries[outcome];
  }

  it('are refreshed after a push, for two requests', async () => {
    await start([FILE]);
    await backend.hasComponents(['shop']);
    simulator.requests.clear();
    acme.push('shop', file('shop', 'deprecated'));
    await hasLifecycle('shop', 'deprecated');
    expect(simulator.requests.count()).toBe(2);
    expect(published).toEqual([{ type: 'location.updated', url: FILE }]);
  });

  it('are refreshed by whatever URL they were registered', async () => {
    acme.addRepository({ slug: 'pay', files: file('pay') });
    acme.createBranch('pay', 'feature/new');
    const urls = [
      `${SHOP}/src/main/*.yaml`,
      'https://bitbucket.org/acme/pay/src/0123456/catalog-info.yaml?at=feature%2Fnew',
    ];
    await start(urls);
    await backend.hasComponents(['pay', 'shop']);
    acme.push('shop', file('shop', 'deprecated'));
    acme.push('pay', file('pay', 'deprecated'), { branch: 'feature/new' });
    await hasLifecycle('shop', 'deprecated');
    await hasLifecycle('pay', 'deprecated');
  });

  it('are refreshed when a file changes that they include', async () => {
    const withText = (text: string) => ({
      'catalog-info.yaml': componentFile('shop').replace(
        'spec:',
        'spec:\n  note:\n    $text: ./note.txt',
      ),
      'note.txt': text,
    });
    acme.push('shop', withText('before'));
    await start([FILE]);
    await backend.hasComponents(['shop']);
    acme.push('shop', withText('after'));
    await until(async () => {
      const [shop] = await backend.entities('component');
      return shop.spec?.note === 'after';
    }, 'the note to change');
  });

  it('are not refreshed after a push that does not change them', async () => {
    await start([FILE]);
    await backend.hasComponents(['shop']);
    simulator.requests.clear();
    acme.createBranch('shop', 'next');
    acme.push('shop', file('shop', 'next'), { branch: 'next' });
    await until(async () => (await count('ignored')) === 2, 'both to pass');
    expect(simulator.requests.count()).toBe(0);
    acme.push('shop', { 'README.md': 'new' });
    await until(async () => (await count('accepted')) === 1, 'a look');
    await until(async () => simulator.requests.count() === 2, 'two requests');
    expect(published).toEqual([]);
  });

  it('are refreshed by a delivery that comes after a walk has read the push', async () => {
    const docs = (lifecycle?: string) => ({
      'docs.yaml': componentFile('docs', lifecycle),
    });
    acme.push('shop', docs());
    const url = `${SHOP}/src/main/docs.yaml`;
    await start([url], { provider: {} });
    await backend.hasComponents(['docs', 'shop']);
    simulator.deliveries.plan = () => 'hold';
    acme.push('shop', docs('deprecated'));
    await backend.walk();
    await simulator.deliveries.release();
    await hasLifecycle('docs', 'deprecated');
    expect(published).toEqual([{ type: 'location.updated', url }]);
  });

  it('move with their repository', async () => {
    await start([FILE]);
    await backend.hasComponents(['shop']);
    acme.renameRepository('shop', 'store');
    const moved = 'https://bitbucket.org/acme/store/src/main/catalog-info.yaml';
    await hasRegistered([moved]);
    await backend.hasComponents(['shop']);
    acme.transferRepository('store', other);
    await hasRegistered([moved.replace('acme', 'other')]);
    await backend.hasComponents(['shop']);
  });

  it('move with their file, and go with it', async () => {
    await start([FILE]);
    await backend.hasComponents(['shop']);
    acme.push('shop', {
      'catalog-info.yaml': null,
      'docs/component.yaml': componentFile('shop'),
    });
    await hasRegistered([`${SHOP}/src/main/docs/component.yaml`]);
    await backend.hasComponents(['shop']);
    acme.push('shop', { 'docs/component.yaml': null });
    await hasRegistered([]);
    await backend.hasComponents([]);
  });

  it('go with their repository, and not when it is just hidden', async () => {
    acme.addRepository({ slug: 'pay', files: file('pay') });
    await start([FILE, FILE.replace('shop', 'pay')]);
    await backend.hasComponents(['pay', 'shop']);
    acme.removeRepository('shop');
    await hasRegistered([FILE.replace('shop', 'pay')]);
    simulator.faults.add({
      kind: 'status',
      status: 404,
      message: 'Repository acme/pay not found',
      path: 'repositories/acme/%7B',
    });
    acme.push('pay', file('pay', 'deprecated'));
    await until(async () => (await count('accepted')) === 2, 'a look');
    expect(await registered()).toEqual([FILE.replace('shop', 'pay')]);
  });

  it('stay as they are when a delivery gives their name to another repository, and when their file is wrongly reported as missing', async () => {
    const another = acme.addRepository({ slug: 'other', files: file('other') });
    const pay = acme.addRepository({ slug: 'pay', files: file('pay') });
    const urls = [FILE, FILE.replace('shop', 'pay')];
    await start(urls);
    await backend.hasComponents(['pay', 'shop']);
    const change = { new: { name: 'main', target: { hash: 'f'.repeat(40) } } };
    const forged: [event: string, uuid: string, more: JsonObject][] = [
      ['repo:updated', another.uuid, {}],
      ['repo:transfer', pay.uuid, {}],
      ['repo:deleted', '{made-up-1}', {}],
      ['repo:deleted', another.uuid, {}],
      ['repo:push', '{made-up-2}', { push: { changes: [change] } }],
      ['repo:push', pay.uuid, { push: { changes: [change] } }],
    ];
    for (const [event, uuid, more] of forged) {
      const repository = { uuid, full_name: 'acme/shop' };
      await deliver(event, { repository, ...more });
    }
    await until(async () => (await count('accepted')) === 6, 'six deliveries');
    await until(
      async () =>
        [another.uuid, pay.uuid, '{made-up-1}', '{made-up-2}'].every(
          isAskedFor,
        ),
      'the four repositories to be asked for',
    );
    simulator.faults.add({
      kind: 'status',
      status: 404,
      message: 'No such file or directory: catalog-info.yaml',
      path: '/shop/src/',
      times: 1,
    });
    acme.push('shop', file('shop', 'deprecated'));
    await until(async () => published.length > 0, 'an event to be published');
    expect(published).toEqual([{ type: 'location.updated', url: FILE }]);
    expect(await registered()).toEqual(urls.sort());
  });

  it('stay as they are when a delivery comes so late that another repository has their name', async () => {
    acme.addRepository({ slug: 'pay', files: file('pay') });
    const urls = [FILE, FILE.replace('shop', 'pay')];
    await start(urls);
    await backend.hasComponents(['pay', 'shop']);
    simulator.deliveries.plan = () => 'hold';
    const [{ uuid: deleted }, { uuid: renamed }] = [
      acme.repository('shop'),
      acme.repository('pay'),
    ];
    acme.removeRepository('shop');
    acme.addRepository({ slug: 'shop', files: file('shop', 'created-again') });
    acme.renameRepository('pay', 'paid');
    acme.addRepository({ slug: 'pay', files: file('pay', 'in-its-place') });
    simulator.requests.clear();
    await simulator.deliveries.release(held =>
      held.filter(({ event }) => /deleted|updated/.test(event)),
    );
    await until(
      async () =>
        [deleted, renamed].every(isAskedFor) &&
        ['shop', 'pay'].every(isAskedFor),
      'the repositories to be asked for, by uuid and by name',
    );
    simulator.deliveries.plan = () => 'send';
    acme.push('shop', file('shop', 'deprecated'));
    acme.push('pay', file('pay', 'deprecated'));
    await hasLifecycle('shop', 'deprecated');
    await hasLifecycle('pay', 'deprecated');
    expect(published.map(({ type }) => type)).toEqual([
      'location.updated',
      'location.updated',
    ]);
    expect(await registered()).toEqual(urls.sort());
  });

  it('follow at their next reading where catalog.scmEvents is off', async () => {
    await start([FILE], {
      catalog: { scmEvents: false, processingInterval: { seconds: 1 } },
    });
    await backend.hasComponents(['shop']);
    acme.push('shop', file('shop', 'deprecated'));
    await hasLifecycle('shop', 'deprecated');
  });

  it('are refreshed once where a provider has the file too', async () => {
    await start([FILE], { provider: {} });
    await backend.hasComponents(['shop']);
    await backend.walked();
    simulator.requests.clear();
    acme.push('shop', file('shop', 'deprecated'));
    await hasLifecycle('shop', 'deprecated');
    expect(simulator.requests.count()).toBe(2);
    expect(published).toEqual([]);
  });

  it('publish an event once where another bridge publishes it too', async () => {
    await start([FILE]);
    await backend.hasComponents(['shop']);
    published.length = 0;
    acme.renameRepository('shop', 'bridged');
    await hasRegistered([FILE.replace('shop', 'bridged')]);
    // The bridge may be first, so that nothing has the old URL any more.
    const handled = async () =>
      (await count('accepted')) + (await count('ignored'));
    await until(async () => (await handled()) === 1, 'the delivery');
    await until(
      async () => simulator.requests.count() > 0,
      'the repository to be asked for',
    );
    expect(published.filter(({ type }) => type === 'repository.moved')).toEqual(
      [
        {
          type: 'repository.moved',
          fromUrl: SHOP,
          toUrl: 'https://bitbucket.org/acme/bridged',
        },
      ],
    );
  });
});

const EVENTS: HookEvent[] = [
  'repo:push',
  'repo:deleted',
  'repo:transfer',
  'repo:updated',
];

function file(name: string, lifecycle?: string) {
  return { 'catalog-info.yaml': componentFile(name, lifecycle) };
}

import { Simulator, startSimulator } from '../../dev/simulator/simulator';
import {
  HookEvent,
  NewHook,
  SimulatedHook,
} from '../../dev/simulator/world/hooks';
import { SimulatedWorkspace } from '../../dev/simulator/world/workspace';
import { clientOf } from '../../testing/bitbucket/clientOf';
import { memoryDatabase } from '../../testing/workspace/memoryDatabase';
import { EVENTS, PULL_REQUEST_EVENTS } from '../hosts/bitbucket-cloud/delivery';
import { workspaceWebhooks } from '../hosts/bitbucket-cloud/workspaceWebhooks';
import { WebhookInstaller } from './WebhookInstaller';
import { WebhookStore } from './WebhookStore';

const URL_OF_INGRESS = 'https://portal.example/api/events/http/bitbucketCloud';
const SECRET = 'hush-hush';
const ALL = EVENTS as HookEvent[];

/** What Bitbucket keeps in order by itself stays out of sight. */
const seen = ({ url, events, active, secret, description }: SimulatedHook) => ({
  url,
  events: [...events].sort(),
  active,
  secret,
  description,
});

describe('WebhookInstaller', () => {
  let acme: SimulatedWorkspace;
  let simulator: Simulator;
  let open: ReturnType<typeof memoryDatabase>;

  beforeEach(async () => {
    open = memoryDatabase();
    acme = new SimulatedWorkspace({ slug: 'acme' });
    simulator = await startSimulator({
      workspaces: [acme],
      accounts: [{ name: 'robot', kind: 'accessToken', token: 't0ken' }],
    });
  });
  afterEach(async () => {
    const deleted = simulator.requests.count({ method: 'DELETE' });
    await simulator.stop();
    if (deleted > 0) {
      throw new Error('Nothing may be deleted, whatever happens');
    }
  });

  async function install(
    wanted: {
      url?: string;
      secret?: string;
      urls?: string[];
      events?: string[];
    } = {},
  ) {
    const {
      url = URL_OF_INGRESS,
      secret = SECRET,
      urls = [url],
      events = EVENTS,
    } = wanted;
    const client = clientOf(simulator, {
      credential: { kind: 'accessToken', token: 't0ken' },
    });
    const store = new WebhookStore(await open());
    const webhooks = workspaceWebhooks(client);
    const installer = new WebhookInstaller({ webhooks, store, waitMs: 1 });
    const [place] = webhooks.placesOf('acme', []);
    const { state, text } = await installer.install(
      { place, url, events, secret },
      urls,
      new AbortController().signal,
    );
    return { state, message: `Webhook ${url} of workspace acme ${text}` };
  }

  const made = (change: Partial<NewHook> = {}) =>
    acme.hooks.add({
      url: URL_OF_INGRESS,
      events: ALL,
      secret: SECRET,
      description: 'By hand',
      ...change,
    });

  /** Methods of the requests, and no more of them. */
  function sent(): string[] {
    const methods = simulator.requests.entries.map(({ method }) => method);
    simulator.requests.clear();
    return methods;
  }

  it('installs a webhook for all events, with a secret', async () => {
    expect(await install()).toEqual({
      state: 'created',
      message: `Webhook ${URL_OF_INGRESS} of workspace acme was installed.`,
    });
    expect(acme.hooks.all.map(seen)).toEqual([
      {
        url: URL_OF_INGRESS,
        events: [...EVENTS].sort(),
        active: true,
        secret: SECRET,
        description: 'Backstage catalog',
      },
    ]);
    expect(sent()).toEqual(['GET', 'POST']);
  });

  it('asks once, and changes nothing, when all is well', async () => {
    await install();
    const before = acme.hooks.all.map(seen);
    sent();
    expect(await install()).toEqual({
      state: 'installed',
      message: `Webhook ${URL_OF_INGRESS} of workspace acme is set up correctly.`,
    });
    expect(sent()).toEqual(['GET']);
    expect(acme.hooks.all.map(seen)).toEqual(before);
  });

  it.each<[string, Partial<NewHook>, string]>([
    ['disabled', { active: false }, 'it was disabled'],
    [
      'short of events',
      {
        events: EVENTS.filter(
          event => !/created|push/.test(event),
        ) as HookEvent[],
      },
      'it did not report repo:push, repo:created',
    ],
    ['without a secret', { secret: null }, 'it had no secret'],
    [
      'pointed elsewhere',
      { url: 'https://elsewhere.example/' },
      'it delivered elsewhere',
    ],
    [
      'wrong in several ways',
      { active: false, secret: null },
      'it was disabled, and had no secret',
    ],
  ])('repairs its own that is %s', async (_, change, why) => {
    await install();
    const [hook] = acme.hooks.all;
    const before = seen(hook);
    acme.hooks.update(hook, change);
    sent();
    expect(await install()).toEqual({
      state: 'repaired',
      message: `Webhook ${URL_OF_INGRESS} of workspace acme was repaired: ${why}.`,
    });
    expect(sent()).toEqual(['GET', 'PUT']);
    expect(acme.hooks.all.map(seen)).toEqual([before]);
    expect(await install()).toMatchObject({ state: 'installed' });
  });

  it('adds the events of pull requests, and leaves them where they are no longer wanted', async () => {
    await install();
    const events = [...EVENTS, ...PULL_REQUEST_EVENTS];
    expect(await install({ events })).toEqual({
      state: 'repaired',
      message: `Webhook ${URL_OF_INGRESS} of workspace acme was repaired: it did not report ${PULL_REQUEST_EVENTS.join(', ')}.`,
    });
    expect(acme.hooks.all).toMatchObject([{ events }]);
    expect(await install()).toMatchObject({ state: 'installed' });
    expect(acme.hooks.all).toMatchObject([{ events }]);
  });

  it('gives it another secret when there is one', async () => {
    await install();
    expect(await install({ secret: 'new' })).toEqual({
      state: 'repaired',
      message: expect.stringContaining('it had another secret.'),
    });
    expect(acme.hooks.all).toMatchObject([{ secret: 'new' }]);
    expect(await install({ secret: 'new' })).toMatchObject({
      state: 'installed',
    });
  });

  it('takes on one that was made by hand, with all that it has', async () => {
    made({
      url: `${URL_OF_INGRESS}/`,
      events: ['pullrequest:created', 'repo:push'],
      secret: 'forgotten',
    });
    expect(await install()).toEqual({
      state: 'repaired',
      message: expect.stringContaining('may have had another secret'),
    });
    expect(acme.hooks.all.map(seen)).toEqual([
      {
        url: `${URL_OF_INGRESS}/`,
        events: [...EVENTS, 'pullrequest:created'].sort(),
        active: true,
        secret: SECRET,
        description: 'By hand',
      },
    ]);
    expect(await install()).toMatchObject({ state: 'installed' });
  });

  it('leaves one alone that was made by hand and is now used for something else', async () => {
    const hook = made();
    await install();
    acme.hooks.update(hook, { url: 'https://elsewhere.example/' });
    const before = seen(hook);
    expect(await install()).toMatchObject({ state: 'created' });
    expect(acme.hooks.all.map(seen)).toMatchObject([
      before,
      { url: URL_OF_INGRESS },
    ]);
  });

  it('leaves others alone, whatever is wrong with them', async () => {
    made({ url: 'https://other.example/a', active: false, secret: null });
    made({ url: `${URL_OF_INGRESS}2`, events: ['repo:push'] });
    made({ url: URL_OF_INGRESS.replace('portal', 'staging') });
    const others = [...acme.hooks.all];
    const before = others.map(seen);
    expect(await install()).toMatchObject({ state: 'created' });
    acme.hooks.update(acme.hooks.all[3], { active: false });
    expect(await install()).toMatchObject({ state: 'repaired' });
    expect(others.map(seen)).toEqual(before);
    expect(acme.hooks.all).toHaveLength(4);
  });

  it('keeps one of several webhooks for the same URL up to date, and warns', async () => {
    await install();
    const [own] = acme.hooks.all;
    acme.hooks.remove(own);
    const second = made({ active: false });
    const { message } = await install();
    const third = made({ active: false });
    expect(message).not.toContain('delivers there too');
    expect(await install()).toEqual({
      state: 'installed',
      message: `Webhook ${URL_OF_INGRESS} of workspace acme is set up correctly. Webhook ${third.uuid} delivers there too; delete it in the settings of the workspace, unless it is needed.`,
    });
    expect([second.active, third.active]).toEqual([true, false]);
  });

  it('stays with the one that it knows, where an older one joins it', async () => {
    const older = made({ url: 'https://elsewhere.example/', events: ALL });
    await install();
    acme.hooks.update(older, { url: URL_OF_INGRESS, active: false });
    expect(await install()).toEqual({
      state: 'installed',
      message: expect.stringContaining(`Webhook ${older.uuid} delivers there`),
    });
    expect(older.active).toBe(false);
  });

  it('says nothing of one that was made by hand for another URL', async () => {
    made();
    await install();
    const url = 'https://new.example/api/events/http/bitbucketCloud';
    expect(await install({ url })).toEqual({
      state: 'created',
      message: `Webhook ${url} of workspace acme was installed.`,
    });
  });

  it('makes another when the URL changes, and says what is left behind', async () => {
    await install();
    const [old] = acme.hooks.all;
    const url = 'https://new.example/api/events/http/bitbucketCloud';
    const { state, message } = await install({ url });
    expect(state).toBe('created');
    expect(message).toContain(
      `Webhook ${old.uuid} was made for ${URL_OF_INGRESS}, which is no longer configured; delete it`,
    );
    expect(old.url).toBe(URL_OF_INGRESS);

    const both = await install({ url, urls: [url, URL_OF_INGRESS] });
    expect(both.message).toMatch(/is set up correctly\.$/);
    acme.hooks.remove(old);
    expect((await install({ url })).message).toMatch(/is set up correctly\.$/);
    expect(acme.hooks.all).toHaveLength(1);
  });

  it('makes another when its own was deleted', async () => {
    await install();
    acme.hooks.remove(acme.hooks.all[0]);
    expect(await install()).toMatchObject({ state: 'created' });
    expect(acme.hooks.all).toHaveLength(1);
    const rows = await (await open())('bitbucket__webhooks');
    expect(rows).toMatchObject([{ uuid: acme.hooks.all[0].uuid }]);
  });

  it('finds the webhook that it made, where the answer was lost', async () => {
    simulator.faults.add({
      endpoint: 'hooks',
      method: 'POST',
      kind: 'cutBody',
      times: 1,
    });
    expect(await install()).toMatchObject({ state: 'created' });
    expect(sent()).toEqual(['GET', 'POST', 'GET']);
    expect(acme.hooks.all).toHaveLength(1);
    expect(await install()).toMatchObject({ state: 'installed' });
  });

  it('tries again where nothing was made, and gives up after a while', async () => {
    const outage = { endpoint: 'hooks', method: 'POST' } as const;
    simulator.faults.add({ ...outage, kind: 'status', status: 503, times: 2 });
    expect(await install()).toMatchObject({ state: 'created' });
    expect(acme.hooks.all).toHaveLength(1);

    acme.hooks.remove(acme.hooks.all[0]);
    simulator.faults.add({ ...outage, kind: 'status', status: 503 });
    sent();
    await expect(install()).rejects.toThrow('answered 503');
    expect(sent().filter(method => method === 'POST')).toHaveLength(3);
  });

  it('makes it once only where Bitbucket refuses', async () => {
    simulator.faults.add({
      endpoint: 'hooks',
      method: 'POST',
      kind: 'status',
      status: 400,
      message: 'The url cannot be an internal address',
    });
    await expect(install()).rejects.toThrow('cannot be an internal address');
    expect(sent()).toEqual(['GET', 'POST']);
  });

  it('says what Bitbucket did not take over', async () => {
    simulator.faults.add({
      endpoint: 'hooks',
      method: 'POST',
      kind: 'json',
      change: body => ({ ...Object(body), secret_set: false }),
    });
    expect(await install()).toEqual({
      state: 'failed',
      message: expect.stringContaining(
        'Bitbucket did not apply everything: it had no secret.',
      ),
    });
  });

  it('encrypts the secret in its database', async () => {
    await install();
    const knex = await open();
    const rows = await knex('bitbucket__webhooks');
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(SECRET);
  });
});

import { DatabaseServer, DATABASES, ON_DEMAND, until } from '../../testing';
import {
  file,
  InstallationWorld,
  messages,
  SECRET,
} from './webhooks/InstallationWorld';

const EVENTS = [
  'repo:created',
  'repo:deleted',
  'repo:imported',
  'repo:push',
  'repo:transfer',
  'repo:updated',
];

describe.each(DATABASES)('a webhook, on %s', (_, startServer) => {
  let databases: DatabaseServer;
  let world: InstallationWorld;

  beforeAll(async () => {
    databases = await startServer();
  });
  beforeEach(async () => {
    world = new InstallationWorld(databases.createDatabase());
    await world.open();
  });
  afterEach(() => world.close());
  afterAll(() => databases.stop());

  it('is made once, signs deliveries, and is found again after a restart', async () => {
    const backend = await world.start();
    expect(messages(backend)).toEqual([
      `Webhook ${world.url} of workspace acme was installed.`,
    ]);
    expect(world.hooks).toHaveLength(1);
    expect(world.hooks[0]).toMatchObject({ url: world.url, active: true });
    expect(world.hooks[0].events).toEqual(expect.arrayContaining(EVENTS));
    expect(world.sent()).toEqual(['GET', 'POST']);

    await backend.hasComponents(['shop']);
    await backend.walked();
    world.acme.push('shop', file('deprecated'));
    await until(async () => {
      const [shop] = await backend.entities('component');
      return shop.spec?.lifecycle === 'deprecated';
    }, 'the push to be in the catalog');
    const { hosts } = await world.status(backend);
    const [{ deliveries }] = hosts;
    expect(deliveries).toMatchObject({ accepted: 1, refused: 0 });

    const [before] = world.hooks;
    await world.stop();
    world.sent();
    const again = await world.start();
    expect(world.sent()).toEqual(['GET']);
    expect(world.hooks).toEqual([before]);
    expect(messages(again)).toEqual([
      `Webhook ${world.url} of workspace acme is set up correctly.`,
    ]);
  });

  it('is repaired, and others are left alone', async () => {
    const hook = world.acme.hooks.add({
      url: world.url,
      description: 'By hand',
      events: ['repo:push', 'pullrequest:created'],
      active: false,
    });
    const other = world.acme.hooks.add({
      url: 'http://127.0.0.1:1/api/events/http/bitbucketCloud',
      events: ['repo:push'],
      active: false,
    });
    const before = { ...other };
    const backend = await world.start();
    expect(messages(backend)).toEqual([
      expect.stringMatching(
        /^Webhook \S+ of workspace acme was repaired: it was disabled, and did not report .*repo:created.*, and had no secret\.$/,
      ),
    ]);
    expect(world.hooks).toEqual([hook, before]);
    expect(hook).toMatchObject({
      url: world.url,
      description: 'By hand',
      active: true,
      secret: SECRET,
    });
    expect(hook.events).toEqual(
      expect.arrayContaining([...EVENTS, 'pullrequest:created']),
    );
    expect(world.sent()).toEqual(['GET', 'PUT']);
  });

  it('gets the first secret of the list, and a new one after a restart', async () => {
    await world.start({ webhookSecret: ['old', 'older'] });
    expect(world.hooks).toMatchObject([{ secret: 'old' }]);
    await world.stop();
    const backend = await world.start({ webhookSecret: ['new', 'old'] });
    expect(world.hooks).toMatchObject([{ secret: 'new' }]);
    expect(messages(backend)).toEqual([
      expect.stringMatching(/was repaired: it had another secret\.$/),
    ]);
    world.acme.push('shop', file('deprecated'));
    await world.simulator.deliveries.settled();
    const { attempts } = world.simulator.deliveries;
    expect(attempts).toMatchObject([{ event: 'repo:push', status: 202 }]);
  });

  it('installs one webhook for two providers, and shows its state for each', async () => {
    const backend = await world.start({
      providers: {
        one: world.provider(),
        two: { ...world.provider(), catalogPath: '/two.yaml' },
        three: { workspace: 'acme', catalogPath: '/three.yaml', ...ON_DEMAND },
      },
    });
    expect(world.hooks).toHaveLength(1);
    const webhook = {
      url: world.url,
      state: 'created',
      message: `Webhook ${world.url} of workspace acme was installed.`,
      checkedAt: expect.stringMatching(/^20\d\d-.*Z$/),
    };
    const { providers } = await world.status(backend);
    expect(providers).toEqual([
      expect.objectContaining({ id: 'one', webhook }),
      expect.objectContaining({ id: 'two', webhook }),
      expect.not.objectContaining({ webhook: expect.anything() }),
    ]);
  });

  it('is refused in one line that names the scope, and the catalog is filled all the same', async () => {
    world.account.scopes = ['repository', 'project'];
    const backend = await world.start();
    await backend.hasComponents(['shop']);
    expect(messages(backend)).toEqual([
      expect.stringMatching(
        /\(access token\): the credential lacks webhook\. .*docs\/webhooks\.md/,
      ),
    ]);
    expect(world.hooks).toEqual([]);
    const { providers } = await world.status(backend);
    expect(providers[0].webhook?.state).toBe('refused');
  });

  it('keeps its secret to itself, whatever Bitbucket answers', async () => {
    const told400 = { error: { message: SECRET, fields: { secret: SECRET } } };
    const clearFault = world.simulator.faults.add({
      endpoint: 'hooks',
      method: 'POST',
      kind: 'status',
      status: 400,
      text: JSON.stringify(told400),
    });
    const refused = await world.start();
    const shown = [JSON.stringify(await world.status(refused))];
    expect(shown[0]).toContain('secret: <secret>');
    clearFault();
    await world.stop();
    const installed = await world.start();
    shown.push(JSON.stringify(await world.status(installed)));
    for (const { logs } of [refused, installed]) {
      shown.push(...logs.map(({ text }) => text));
    }
    expect(world.hooks).toMatchObject([{ secret: SECRET }]);
    expect(shown.filter(text => text.includes(SECRET))).toEqual([]);
  });
});

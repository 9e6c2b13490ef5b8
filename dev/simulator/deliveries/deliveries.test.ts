import { createHmac } from 'node:crypto';
import { start, startReceiver } from '../../../testing/simulator';
import { DeliveryPlan, NewHook, SimulatedWorkspace } from '..';

async function startAcme(hook: Partial<NewHook> = {}) {
  const receiver = await startReceiver();
  const acme = new SimulatedWorkspace({ slug: 'acme' });
  acme.addRepository({ slug: 'shop', files: { 'a.txt': 'a' } });
  const added = acme.hooks.add({
    url: receiver.url,
    events: ['repo:push'],
    ...hook,
  });
  const { deliveries } = await start({
    workspaces: [acme],
    deliveries: { retryDelay: 1 },
  });
  return { acme, deliveries, hook: added, ...receiver };
}

type Acme = Awaited<ReturnType<typeof startAcme>>;

/** Pushes to one branch after the other. */
function pushTo({ acme }: Acme, ...branches: string[]) {
  for (const branch of branches) {
    acme.push('shop', { 'a.txt': branch }, { branch });
  }
}

/** The branches in the deliveries that were received, in their order. */
const receivedBranches = ({ received }: Acme) =>
  received.map(
    ({ payload }) =>
      (payload as { push: { changes: { new: { name: string } }[] } }).push
        .changes[0].new.name,
  );

describe('a delivery', () => {
  it('carries the headers of Bitbucket', async () => {
    const { acme, deliveries, hook, received } = await startAcme();
    acme.push('shop', { 'a.txt': 'b' });
    await deliveries.settled();
    expect(received).toHaveLength(1);
    const [{ headers, body }] = received;
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(body.length),
      'user-agent': 'Bitbucket-Webhooks/2.0',
      'x-event-key': 'repo:push',
      'x-hook-uuid': hook.uuid.slice(1, -1),
      'x-request-uuid': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-attempt-number': '1',
    });
    expect(headers).not.toHaveProperty('x-hub-signature');
  });

  it('is signed with the secret of the hook', async () => {
    const { acme, deliveries, hook, received } = await startAcme({
      secret: 'hush',
    });
    acme.push('shop', { 'a.txt': 'å' });
    await deliveries.settled();
    acme.hooks.update(hook, { secret: 'new' });
    acme.push('shop', { 'a.txt': 'b' });
    await deliveries.settled();
    expect(received.map(({ headers }) => headers['x-hub-signature'])).toEqual(
      ['hush', 'new'].map((secret, index) => {
        const hmac = createHmac('sha256', secret).update(received[index].body);
        return `sha256=${hmac.digest('hex')}`;
      }),
    );
  });

  it.each([[500], [302], [404]])(
    'is tried twice more after a %i',
    async status => {
      const { acme, deliveries, received, answers } = await startAcme();
      answers.push(status, status, status);
      acme.push('shop', { 'a.txt': 'b' });
      await deliveries.settled();
      const seen = received.map(({ headers }) => headers['x-attempt-number']);
      expect(seen).toEqual(['1', '2', '3']);
      const ids = received.map(({ headers }) => headers['x-request-uuid']);
      expect(new Set(ids).size).toBe(1);
      expect(new Set(received.map(({ body }) => String(body))).size).toBe(1);
      expect(deliveries.attempts).toMatchObject([
        { event: 'repo:push', repository: 'acme/shop', attempt: 1, status },
        { attempt: 2, status },
        { attempt: 3, status },
      ]);
    },
  );

  it('is tried no more after a success', async () => {
    const { acme, deliveries, answers } = await startAcme();
    answers.push(503, 204);
    acme.push('shop', { 'a.txt': 'b' });
    await deliveries.settled();
    expect(deliveries.attempts).toMatchObject([
      { status: 503 },
      { status: 204 },
    ]);
  });

  it('that is not received does not change the workspace', async () => {
    const { acme, deliveries } = await startAcme({ url: 'http://127.0.0.1:9' });
    const commit = acme.push('shop', { 'a.txt': 'b' });
    await deliveries.settled();
    expect(acme.repository('shop').head).toBe(commit);
    expect(deliveries.attempts.map(({ status }) => status)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('that is not answered in time has failed', async () => {
    const { url, answers } = await startReceiver();
    answers.push('silence', 'silence', 'silence');
    const acme = new SimulatedWorkspace({ slug: 'acme' });
    acme.hooks.add({ url, events: ['repo:created'] });
    const { deliveries } = await start({
      workspaces: [acme],
      deliveries: { timeout: 50 },
    });
    acme.addRepository({ slug: 'shop' });
    await deliveries.settled();
    expect(deliveries.attempts).toMatchObject([
      { attempt: 1, status: undefined },
      { attempt: 2, status: undefined },
      { attempt: 3, status: undefined },
    ]);
  });

  it('of more than 256 KB is never sent', async () => {
    const { acme, deliveries, received } = await startAcme();
    acme.push('shop', { a: '1' }, { message: 'small' });
    acme.push('shop', { a: '2' }, { message: 'x'.repeat(300_000) });
    await deliveries.settled();
    expect(received).toHaveLength(1);
    expect(deliveries.attempts).toHaveLength(1);
  });

  it('goes to active hooks that ask for its event', async () => {
    const { acme, deliveries, hook, received, url } = await startAcme();
    acme.hooks.add({ url, events: ['repo:deleted'] });
    const idle = { url, events: ['repo:push' as const], active: false };
    acme.hooks.add(idle);
    acme.push('shop', { 'a.txt': 'b' });
    await deliveries.settled();
    expect(received).toHaveLength(1);
    acme.hooks.remove(hook);
    acme.push('shop', { 'a.txt': 'c' });
    await deliveries.settled();
    expect(received).toHaveLength(1);
  });

  it('ends with the simulator', async () => {
    const receiver = await startReceiver();
    receiver.answers.push(500);
    const acme = new SimulatedWorkspace({ slug: 'acme' });
    acme.hooks.add({ url: receiver.url, events: ['repo:created'] });
    const simulator = await start({
      workspaces: [acme],
      deliveries: { retryDelay: 600_000 },
    });
    acme.addRepository({ slug: 'one' });
    while (simulator.deliveries.attempts.length === 0) {
      await new Promise(setImmediate);
    }
    await simulator.stop();
    acme.addRepository({ slug: 'two' });
    await simulator.deliveries.settled();
    expect(receiver.received).toHaveLength(1);
  });
});

describe('the plan', () => {
  it.each<[string, DeliveryPlan, string[]]>([
    ['sends', () => 'send', ['x']],
    ['loses', () => 'lose', []],
    ['repeats', () => ({ repeat: 2 }), ['x', 'x', 'x']],
    [
      'loses some',
      ({ event }) => (event === 'repo:push' ? 'lose' : 'send'),
      [],
    ],
  ])('%s', async (_, plan, expected) => {
    const world = await startAcme();
    world.deliveries.plan = plan;
    pushTo(world, 'x');
    await world.deliveries.settled();
    expect(receivedBranches(world)).toEqual(expected);
  });

  it.each<[string, ('oldest' | 'newest')[], string[]]>([
    ['in their order', ['oldest'], ['x', 'y', 'z']],
    ['in another order', ['newest'], ['z', 'y', 'x']],
    ['only once', ['newest', 'oldest'], ['z', 'y', 'x']],
  ])(
    'holds deliveries back and lets them go %s',
    async (_, orders, expected) => {
      const world = await startAcme();
      const { deliveries } = world;
      deliveries.plan = () => 'hold';
      pushTo(world, 'x', 'y', 'z');
      await deliveries.settled();
      expect(world.received).toEqual([]);
      expect(deliveries.held).toHaveLength(3);
      for (const order of orders) {
        await deliveries.release(held =>
          order === 'newest' ? held.reverse() : held,
        );
      }
      expect(receivedBranches(world)).toEqual(expected);
      expect(deliveries.held).toEqual([]);
    },
  );

  it('keeps the payload as it was when the event happened, however late it is sent', async () => {
    const { acme, deliveries, received } = await startAcme();
    deliveries.plan = () => 'hold';
    const commit = acme.push('shop', { 'a.txt': 'b' });
    acme.push('shop', { 'a.txt': 'c' });
    acme.removeRepository('shop');
    await deliveries.release(held => held.slice(0, 1));
    expect(received).toMatchObject([
      {
        payload: {
          repository: { full_name: 'acme/shop' },
          push: { changes: [{ new: { target: { hash: commit.hash } } }] },
        },
      },
    ]);
  });
});

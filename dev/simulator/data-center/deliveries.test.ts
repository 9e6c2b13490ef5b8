import { createHmac } from 'node:crypto';
import { startReceiver } from '../../../testing/simulator';
import { startPay } from '../../../testing/simulator/pay';
import { DataCenterHookEvent, HOOK_EVENTS } from '.';

type Payload = Record<string, unknown> & { eventKey: string };

/** A receiver of everything that happens in the project. */
async function startReceived(
  hook: { secret?: string; events?: DataCenterHookEvent[] } = {},
) {
  const receiver = await startReceiver();
  const world = await startPay();
  const { instance, pay, simulator } = world;
  const events = hook.events ?? [...HOOK_EVENTS];
  const added = instance.hooks.add(pay, { url: receiver.url, ...hook, events });
  const payloads = async () => {
    await simulator.deliveries.settled();
    return receiver.received.map(({ payload }) => payload as Payload);
  };
  return { ...world, receiver, payloads, hook: added };
}

describe('deliveries', () => {
  it('of a push say what became of each ref', async () => {
    const { pay, api, payloads } = await startReceived();
    const before = api.head?.hash;
    const after = pay.push('api', { b: 'b' });
    pay.createTag('api', 'v1');
    pay.createBranch('api', 'idea');
    pay.deleteBranch('api', 'idea');
    const received = await payloads();
    expect(received).toHaveLength(4);
    const changes = received.flatMap(payload => payload.changes);
    expect(changes).toEqual(
      expect.arrayContaining([
        {
          ref: { id: 'refs/heads/main', displayId: 'main', type: 'BRANCH' },
          refId: 'refs/heads/main',
          fromHash: before,
          toHash: after.hash,
          type: 'UPDATE',
        },
        expect.objectContaining({ refId: 'refs/tags/v1', type: 'ADD' }),
        expect.objectContaining({
          refId: 'refs/heads/idea',
          toHash: '0'.repeat(40),
          type: 'DELETE',
        }),
      ]),
    );
    expect(received[0]).toMatchObject({
      eventKey: 'repo:refs_changed',
      date: expect.stringMatching(/^\d{4}-.*T.*\+0000$/),
      repository: { slug: 'api', project: { key: 'PAY' } },
    });
  });

  it('are signed with the secret, and sent once', async () => {
    const { pay, receiver, payloads } = await startReceived({ secret: 's' });
    receiver.answers.push(500);
    pay.push('api', { b: 'b' });
    await payloads();
    expect(receiver.received).toHaveLength(1);
    const [{ headers, body }] = receiver.received;
    const digest = createHmac('sha256', 's').update(body).digest('hex');
    expect(headers).toMatchObject({
      'x-event-key': 'repo:refs_changed',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-hub-signature': `sha256=${digest}`,
    });
  });

  it('of a test are not signed', async () => {
    const { simulator, hook, receiver } = await startReceived({ secret: 's' });
    expect(await simulator.ping(hook)).toBe(200);
    const [{ headers, payload }] = receiver.received;
    expect(headers['x-event-key']).toBe('diagnostics:ping');
    expect(headers['x-hub-signature']).toBeUndefined();
    expect(payload).toEqual({ test: true });
  });

  it('tell of names and addresses that change, once each', async () => {
    const { instance, pay, api, payloads } = await startReceived();
    instance.rename(api, 'Other');
    pay.setVisibility('other', 'public');
    instance.updateProject('PAY', { name: 'Money' });
    const received = await payloads();
    expect(received).toHaveLength(2);
    expect(received).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          eventKey: 'repo:modified',
          old: expect.objectContaining({ slug: 'api', id: instance.idOf(api) }),
          new: expect.objectContaining({ slug: 'other', name: 'Other' }),
        }),
        expect.objectContaining({
          eventKey: 'project:modified',
          old: expect.objectContaining({ name: 'Payments' }),
          new: expect.objectContaining({ name: 'Money' }),
        }),
      ]),
    );
  });

  it('of a move reach the new project', async () => {
    const { instance, api, receiver, simulator, payloads } =
      await startReceived();
    const web = instance.addProject('WEB');
    const { url } = receiver;
    instance.hooks.add(web, { url, events: ['repo:modified'] });
    instance.move(api, 'WEB');
    expect(await payloads()).toMatchObject([
      { old: { project: { key: 'PAY' } }, new: { project: { key: 'WEB' } } },
    ]);
    expect(simulator.deliveries.attempts).toMatchObject([
      { event: 'repo:modified', repository: 'WEB/api', hook: '2' },
    ]);
  });

  it('are not made for a repository that comes or goes', async () => {
    const { instance, pay, payloads } = await startReceived();
    instance.addRepository('PAY', { slug: 'new' });
    pay.removeRepository('new');
    expect(await payloads()).toEqual([]);
  });

  it('follow a pull request', async () => {
    const { instance, pay, payloads, simulator } = await startReceived({
      events: HOOK_EVENTS.filter(event => event.startsWith('pr:')),
    });
    const first = pay.push('api', { c: 'c' }, { branch: 'idea' });
    const steps: [string, () => void][] = [];
    const pullRequest = pay.pullRequests.open('api', { source: 'idea' });
    steps.push(
      ['from', () => pay.push('api', { d: 'd' }, { branch: 'idea' })],
      ['to', () => pay.push('api', { e: 'e' })],
      ['edit', () => pay.pullRequests.update(pullRequest, { title: 'New' })],
      ['comment', () => pay.pullRequests.comment(pullRequest, { raw: 'Hm' })],
      ['merge', () => pay.pullRequests.merge(pullRequest)],
    );
    for (const [, step] of steps) {
      step();
      await simulator.deliveries.settled();
    }
    const other = pay.push('api', { f: 'f' }, { branch: 'other' });
    const declined = pay.pullRequests.open('api', { source: 'other' });
    await simulator.deliveries.settled();
    pay.pullRequests.decline(declined);
    await simulator.deliveries.settled();
    instance.deletePullRequest(declined);
    const received = await payloads();
    expect(received.map(({ eventKey }) => eventKey)).toEqual([
      'pr:opened',
      'pr:from_ref_updated',
      'pr:to_ref_updated',
      'pr:modified',
      'pr:comment:added',
      'pr:merged',
      'pr:opened',
      'pr:declined',
      'pr:deleted',
    ]);
    expect(received[1]).toMatchObject({
      previousFromHash: first.hash,
      pullRequest: { id: 1, version: 0, state: 'OPEN' },
    });
    expect(received[1]).not.toMatchObject({
      pullRequest: { fromRef: { latestCommit: first.hash } },
    });
    expect(received[3]).toMatchObject({
      previousTitle: expect.any(String),
      pullRequest: { title: 'New', version: 1 },
    });
    expect(received[6]).toMatchObject({
      pullRequest: { fromRef: { latestCommit: other.hash } },
    });
  });

  it('can be held back, repeated and lost', async () => {
    const { pay, simulator, payloads, receiver } = await startReceived();
    simulator.deliveries.plan = () => 'hold';
    pay.push('api', { b: 'b' });
    expect(await payloads()).toEqual([]);
    await simulator.deliveries.release();
    expect(receiver.received).toHaveLength(1);
  });
});

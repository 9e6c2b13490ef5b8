import { start, startReceiver } from '../../../testing/simulator';
import { HookEvent, SimulatedPullRequest, SimulatedWorkspace } from '..';

const EVENTS: HookEvent[] = [
  'repo:push',
  'pullrequest:created',
  'pullrequest:updated',
  'pullrequest:fulfilled',
  'pullrequest:rejected',
];

type World = {
  acme: SimulatedWorkspace;
  pullRequest: SimulatedPullRequest;
};

/** Acme has a shop with a pull request, and a fork of it with another one. */
function world() {
  const acme = new SimulatedWorkspace({ slug: 'acme' });
  const shop = acme.addRepository({ slug: 'shop', files: { a: 'a' } });
  acme.push('shop', { a: 'b' }, { branch: 'feature' });
  acme.createBranch('shop', 'release/1');
  const pullRequest = acme.pullRequests.open('shop', { source: 'feature' });
  acme.forkRepository(shop, { slug: 'fork' });
  acme.push('fork', { c: 'c' }, { branch: 'idea' });
  return { acme, pullRequest };
}

/** What a webhook receives for a change, oldest first. */
async function deliveriesOf(change: (world: World) => void, events = EVENTS) {
  const { url, received } = await startReceiver();
  const { acme, pullRequest } = world();
  acme.hooks.add({ url, events });
  const { deliveries } = await start({ workspaces: [acme] });
  deliveries.plan = () => 'hold';
  change({ acme, pullRequest });
  await deliveries.release();
  return received.map(({ headers, payload }) => ({
    event: headers['x-event-key'],
    ...(payload as { pullrequest: Record<string, unknown> }),
  }));
}

const idea = ({ acme }: World) =>
  acme.pullRequests.open('shop', {
    source: 'idea',
    sourceRepository: acme.repository('fork'),
    draft: true,
    author: 'Kim Example',
  });

describe('a delivery of a pull request', () => {
  it('has its repository, actor and both sides, with hashes of 12 digits', async () => {
    let made: SimulatedPullRequest | undefined;
    const [delivered, ...more] = await deliveriesOf(each => {
      made = idea(each);
    });
    expect(more).toEqual([]);
    const short = (side: 'source' | 'destination') =>
      made?.[side].commit.hash.slice(0, 12);
    expect(delivered).toMatchObject({
      event: 'pullrequest:created',
      repository: { full_name: 'acme/shop', workspace: { slug: 'acme' } },
      actor: { type: 'user', display_name: 'Kim Example' },
      pullrequest: {
        type: 'pullrequest',
        id: 2,
        title: 'Change c',
        state: 'OPEN',
        draft: true,
        author: { display_name: 'Kim Example' },
        source: {
          branch: { name: 'idea' },
          commit: { hash: short('source') },
          repository: { full_name: 'acme/fork', name: 'fork' },
        },
        destination: {
          branch: { name: 'main' },
          commit: { hash: short('destination') },
          repository: { full_name: 'acme/shop', name: 'shop' },
        },
        merge_commit: null,
        closed_by: null,
        reviewers: [],
        participants: [],
        links: {
          html: { href: 'https://bitbucket.org/acme/shop/pull-requests/2' },
          diffstat: {
            href: expect.stringMatching(
              /\/acme\/shop\/diffstat\/acme\/fork:[0-9a-f]{12}%0D[0-9a-f]{12}\?from_pullrequest_id=2&topic=true$/,
            ),
          },
        },
      },
    });
    expect(Object.keys(delivered).sort()).toEqual([
      'actor',
      'event',
      'pullrequest',
      'repository',
    ]);
    const { workspace: _, ...repository } = delivered as unknown as Record<
      string,
      object
    >;
    expect(JSON.stringify([repository, delivered.pullrequest])).not.toContain(
      '"slug":"shop"',
    );
  });

  it('names the parent of the repository if that is a fork itself', async () => {
    const [delivered] = await deliveriesOf(({ acme }) =>
      acme.pullRequests.open('fork', { source: 'idea' }),
    );
    expect(delivered).toMatchObject({
      repository: {
        full_name: 'acme/fork',
        parent: { full_name: 'acme/shop' },
      },
    });
  });

  it('has no source repository once the fork was deleted', async () => {
    const [, delivered] = await deliveriesOf(each => {
      const pullRequest = idea(each);
      each.acme.removeRepository('fork');
      each.acme.pullRequests.decline(pullRequest);
    });
    expect(delivered.pullrequest).toMatchObject({
      state: 'DECLINED',
      source: { branch: { name: 'idea' }, repository: null },
      destination: { repository: { full_name: 'acme/shop' } },
    });
  });

  it.each<[string, (world: World) => unknown, [event: string, object][]]>([
    [
      'a push to its source branch',
      ({ acme }) => acme.push('shop', { a: 'c' }, { branch: 'feature' }),
      [
        ['repo:push', { push: { changes: [{ new: { name: 'feature' } }] } }],
        ['pullrequest:updated', { pullrequest: { id: 1, state: 'OPEN' } }],
      ],
    ],
    [
      'a push to its destination',
      ({ acme }) => acme.push('shop', { b: 'b' }),
      [['repo:push', {}]],
    ],
    [
      'another destination',
      ({ acme, pullRequest }) =>
        acme.pullRequests.update(pullRequest, { destination: 'release/1' }),
      [
        [
          'pullrequest:updated',
          { pullrequest: { destination: { branch: { name: 'release/1' } } } },
        ],
      ],
    ],
    [
      'a merge',
      ({ acme, pullRequest }) => acme.pullRequests.merge(pullRequest),
      [
        ['repo:push', { push: { changes: [{ new: { name: 'main' } }] } }],
        [
          'pullrequest:fulfilled',
          {
            pullrequest: {
              state: 'MERGED',
              merge_commit: { hash: expect.stringMatching(/^[0-9a-f]{12}$/) },
              closed_by: { display_name: 'Robin Example' },
            },
          },
        ],
      ],
    ],
    [
      'a refusal',
      ({ acme, pullRequest }) => acme.pullRequests.decline(pullRequest, 'No'),
      [
        [
          'pullrequest:rejected',
          { pullrequest: { state: 'DECLINED', reason: 'No' } },
        ],
      ],
    ],
  ])('is sent for %s', async (_, change, events) => {
    expect(await deliveriesOf(change)).toMatchObject(
      events.map(([event, payload]) => ({ event, ...payload })),
    );
  });

  it('is sent for a push under another name too, if the hook subscribes to it', async () => {
    const delivered = await deliveriesOf(
      ({ acme }) => acme.push('shop', { a: 'c' }, { branch: 'feature' }),
      [...EVENTS, 'pullrequest:push'],
    );
    expect(delivered.map(({ event }) => event)).toEqual([
      'repo:push',
      'pullrequest:updated',
      'pullrequest:push',
    ]);
    expect(delivered[1].pullrequest).toEqual(delivered[2].pullrequest);
  });

  it('has a comment and its author', async () => {
    const [delivered] = await deliveriesOf(
      ({ acme, pullRequest }) =>
        acme.pullRequests.comment(pullRequest, {
          raw: 'Why?',
          author: 'Kim Example',
        }),
      ['pullrequest:comment_created'],
    );
    expect(delivered).toMatchObject({
      event: 'pullrequest:comment_created',
      actor: { display_name: 'Kim Example' },
      pullrequest: { id: 1, comment_count: 1 },
      comment: { content: { raw: 'Why?' } },
    });
  });
});

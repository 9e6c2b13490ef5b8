import { start, startReceiver } from '../../../testing/simulator';
import { HookEvent, SimulatedWorkspace } from '..';

const EVENTS: HookEvent[] = [
  'repo:push',
  'repo:created',
  'repo:deleted',
  'repo:updated',
  'repo:transfer',
  'project:updated',
];

/** What webhooks receive for a change, oldest first. */
async function deliveriesOf(
  change: (acme: SimulatedWorkspace, umbrella: SimulatedWorkspace) => void,
) {
  const { url, received } = await startReceiver();
  const acme = new SimulatedWorkspace({ slug: 'acme' });
  const umbrella = new SimulatedWorkspace({ slug: 'umbrella' });
  acme.addRepository({ slug: 'shop', project: 'PAY', files: { a: 'a' } });
  acme.addRepository({ slug: 'empty' });
  acme.hooks.add({ url, events: EVENTS });
  umbrella.hooks.add({ url, events: EVENTS });
  const { deliveries } = await start({ workspaces: [acme, umbrella] });
  deliveries.plan = () => 'hold';
  change(acme, umbrella);
  await deliveries.release();
  return received.map(({ headers, payload }) => ({
    event: headers['x-event-key'],
    ...(payload as object),
  }));
}

/** The changes of the one push that a change is. */
async function changesOf(change: (acme: SimulatedWorkspace) => void) {
  const [delivered, ...more] = await deliveriesOf(change);
  expect(more).toEqual([]);
  expect(delivered).toMatchObject({
    event: 'repo:push',
    actor: { type: 'user' },
    repository: { full_name: 'acme/shop' },
  });
  return (delivered as unknown as { push: { changes: unknown[] } }).push
    .changes;
}

describe('repo:push', () => {
  it('has the new head', async () => {
    let heads: (string | undefined)[] = [];
    const changes = await changesOf(acme => {
      const shop = acme.repository('shop');
      heads = [shop.head?.hash, acme.push('shop', { a: 'b' }).hash];
    });
    expect(changes).toEqual([
      {
        old: expect.objectContaining({
          target: expect.objectContaining({ hash: heads[0] }),
        }),
        new: {
          type: 'branch',
          name: 'main',
          target: expect.objectContaining({ type: 'commit', hash: heads[1] }),
          links: expect.any(Object),
        },
        created: false,
        closed: false,
        forced: false,
        truncated: false,
        commits: [expect.objectContaining({ hash: heads[1] })],
      },
    ]);
  });

  it.each<[string, (acme: SimulatedWorkspace) => void, object]>([
    [
      'a branch made',
      acme => acme.createBranch('shop', 'release/1'),
      { old: null, new: { type: 'branch', name: 'release/1' }, created: true },
    ],
    [
      'a branch deleted',
      acme => acme.deleteBranch('shop', 'main'),
      { old: { type: 'branch', name: 'main' }, new: null, closed: true },
    ],
    [
      'a tag',
      acme => acme.createTag('shop', 'v1'),
      { old: null, new: { type: 'tag', name: 'v1' }, created: true },
    ],
    [
      'a head replaced by force',
      acme => acme.push('shop', { a: 'b' }, { force: true }),
      { old: { name: 'main' }, new: { name: 'main' }, forced: true },
    ],
    [
      'every commit taken away',
      acme => acme.emptyRepository('shop'),
      { old: { name: 'main' }, new: null, closed: true },
    ],
  ])('describes %s', async (_, change, expected) => {
    expect(await changesOf(change)).toMatchObject([
      { created: false, closed: false, forced: false, ...expected },
    ]);
  });

  it('has all branches of a push, and five commits at most', async () => {
    const changes = await changesOf(acme =>
      acme.pushTogether('shop', () => {
        for (const content of '123456') {
          acme.push('shop', { a: content }, { message: content });
        }
        acme.createBranch('shop', 'x');
        acme.push('shop', { b: 'b' }, { branch: 'y', message: 'y' });
      }),
    );
    expect(changes).toMatchObject([
      {
        new: { name: 'main' },
        truncated: true,
        commits: ['6', '5', '4', '3', '2'].map(message => ({ message })),
      },
      { new: { name: 'x' }, created: true },
      { new: { name: 'y' }, created: true },
    ]);
  });

  it('is not sent where nothing changed', async () => {
    expect(
      await deliveriesOf(acme => acme.pushTogether('shop', () => {})),
    ).toEqual([]);
  });
});

describe('the repository of an event', () => {
  it('has no slug and no main branch', async () => {
    const [delivered] = await deliveriesOf(acme =>
      acme.push('shop', { a: 'b' }),
    );
    const { repository } = delivered as unknown as { repository: object };
    expect(repository).toMatchObject({
      type: 'repository',
      uuid: expect.any(String),
      full_name: 'acme/shop',
      name: 'shop',
      is_private: false,
      project: { key: 'PAY' },
      workspace: { slug: 'acme' },
      links: { html: { href: 'https://bitbucket.org/acme/shop' } },
    });
    expect(repository).not.toHaveProperty('slug');
    expect(repository).not.toHaveProperty('mainbranch');
  });
});

describe('webhooks receive the events', () => {
  const renamed = {
    name: { old: 'shop', new: 'The Store' },
    full_name: { old: 'acme/shop', new: 'acme/store' },
    links: { old: expect.anything(), new: expect.anything() },
  };

  it.each<
    [
      string,
      Parameters<typeof deliveriesOf>[0],
      [event: string, payload: object][],
    ]
  >([
    [
      'of a repository made',
      acme => acme.addRepository({ slug: 'new' }),
      [['repo:created', { repository: { full_name: 'acme/new' } }]],
    ],
    [
      'of its first files too',
      acme => acme.addRepository({ slug: 'new', files: { a: 'a' } }),
      [
        ['repo:created', { repository: { full_name: 'acme/new' } }],
        ['repo:push', { push: { changes: [{ created: true }] } }],
      ],
    ],
    [
      'of a repository deleted',
      acme => acme.removeRepository('shop'),
      [['repo:deleted', { repository: { full_name: 'acme/shop' } }]],
    ],
    [
      'of another name',
      acme => acme.renameRepository('shop', 'store', 'The Store'),
      [
        [
          'repo:updated',
          { repository: { full_name: 'acme/store' }, changes: renamed },
        ],
      ],
    ],
    [
      'of another visibility',
      acme => acme.setVisibility('shop', 'private'),
      [['repo:updated', { repository: { is_private: true }, changes: {} }]],
    ],
    [
      'of another project',
      acme => acme.setProject('shop', 'LAB'),
      [['repo:updated', { repository: { project: { key: 'LAB' } } }]],
    ],
    [
      'of another main branch',
      acme => {
        acme.createBranch('shop', 'x');
        acme.setMainBranch('shop', 'x');
      },
      [
        ['repo:push', {}],
        ['repo:updated', { changes: {} }],
      ],
    ],
    [
      'in both workspaces of a repository handed over',
      (acme, umbrella) => acme.transferRepository('shop', umbrella),
      [
        ['repo:transfer', { repository: { full_name: 'umbrella/shop' } }],
        ['repo:transfer', { repository: { full_name: 'umbrella/shop' } }],
      ],
    ],
    [
      'of another key of a project',
      acme => acme.updateProject('PAY', { key: 'MONEY' }),
      [
        [
          'project:updated',
          {
            project: { key: 'MONEY', name: 'PAY', workspace: { slug: 'acme' } },
            changes: { key: { old: 'PAY', new: 'MONEY' } },
          },
        ],
      ],
    ],
  ])('%s', async (_, change, events) => {
    expect(await deliveriesOf(change)).toMatchObject(
      events.map(([event, payload]) => ({ event, ...payload })),
    );
  });
});

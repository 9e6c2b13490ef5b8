import { FaultTarget, FaultKind } from '../../dev/simulator/faults/types';
import { componentFile } from '../../testing/entities';
import { RunsWorld } from '../../testing/workspace/startRuns';

const MINUTE_MS = 60_000;
const ALL = [
  'GET diffstat',
  'GET pullrequest',
  'GET src',
  'PUT report',
  'POST annotations',
  'POST statuses',
];

describe('PullRequestRuns, where something fails', () => {
  let world: RunsWorld;

  beforeEach(async () => {
    world = await RunsWorld.start();
  });
  afterEach(() => world.stop());

  const fail = (fault: FaultTarget & FaultKind) =>
    world.simulator.faults.add(fault);

  it('posts once the scope is granted, without checking again', async () => {
    world.account.scopes = [
      'read:pullrequest:bitbucket',
      'read:repository:bitbucket',
    ];
    const pullRequest = world.openPullRequest();
    fail({ endpoint: 'report', kind: 'status', status: 403, times: 1 });
    await world.deliver(world.eventOf(pullRequest));
    expect(world.requests()).toEqual(ALL.slice(0, 4));
    expect(await world.outcomes(pullRequest)).toEqual(['waiting']);
    expect(world.logger.lines.filter(({ level }) => level === 'warn')).toEqual([
      {
        level: 'warn',
        message: expect.stringMatching(
          /read:repository:bitbucket.*integrations\.bitbucketCloud\[0\]|integrations\.bitbucketCloud\[0\].*read:repository:bitbucket/,
        ),
      },
    ]);

    world.timing.advance(29 * MINUTE_MS);
    await world.round();
    expect(world.requests()).toEqual([]);

    world.timing.advance(MINUTE_MS);
    await world.round();
    expect(world.requests()).toEqual(['GET pullrequest', ...ALL.slice(3)]);
    expect(await world.outcomes(pullRequest)).toEqual(['failed']);
    expect(world.reportOf(pullRequest)?.annotations.size).toBe(1);
  });

  it.each<[string, FaultTarget & FaultKind]>([
    [
      'the diffstat takes too long',
      { endpoint: 'diffstat', kind: 'status', status: 555 },
    ],
    [
      'the pull request cannot be read',
      { endpoint: 'pullrequest', kind: 'status', status: 503 },
    ],
    ['a file cannot be read', { endpoint: 'src', kind: 'status', status: 500 }],
    [
      'the report is not taken',
      { endpoint: 'report', kind: 'dropSocket', when: 'beforeHeaders' },
    ],
    [
      'the annotations are not taken',
      { endpoint: 'annotations', kind: 'status', status: 500 },
    ],
  ])(
    'tries again after 1, 5 and 30 minutes, and with the next event, where %s',
    async (_, fault) => {
      const pullRequest = world.openPullRequest();
      fail(fault);
      await world.deliver(world.eventOf(pullRequest));
      for (const minutes of [1, 5, 30]) {
        expect(await world.outcomes(pullRequest)).toEqual(['waiting']);
        world.timing.advance(minutes * MINUTE_MS - 1_000);
        world.requests();
        await world.round();
        expect(world.requests()).toEqual([]);
        world.timing.advance(1_000);
        await world.round();
      }
      expect(await world.outcomes(pullRequest)).toEqual(['abandoned']);
      world.timing.advance(24 * 60 * MINUTE_MS);
      world.requests();
      await world.round();
      expect(world.requests()).toEqual([]);

      world.simulator.faults.clear();
      await world.deliver(world.eventOf(pullRequest));
      expect(await world.outcomes(pullRequest)).toEqual(['failed']);
      expect(world.reportOf(pullRequest)?.annotations.size).toBe(1);
    },
  );

  it('posts the report without a link that the host does not take', async () => {
    fail({
      endpoint: 'report',
      kind: 'status',
      status: 400,
      message: 'link is not a valid URL',
      times: 1,
    });
    const pullRequest = world.openPullRequest();
    await world.deliver(world.eventOf(pullRequest));
    expect(world.requests()).toEqual([...ALL.slice(0, 4), ...ALL.slice(3)]);
    expect(world.reportOf(pullRequest)?.content.link).toBeUndefined();
    expect(await world.outcomes(pullRequest)).toEqual(['failed']);
  });

  it('repeats only what is missing after a crash between two posts', async () => {
    const pullRequest = world.openPullRequest();
    fail({
      endpoint: 'annotations',
      kind: 'meanwhile',
      happens: () => world.runs.stop(),
    });
    await world.deliver(world.eventOf(pullRequest));
    world.simulator.faults.clear();
    world.requests();

    const other = await world.replica();
    world.requests();
    await world.round(other);
    expect(world.requests()).toEqual([]);
    world.timing.advance(3 * MINUTE_MS);
    await world.round(other);
    expect(world.requests()).toEqual([
      'GET pullrequest',
      'POST annotations',
      'POST statuses',
    ]);
    expect(await world.outcomes(pullRequest)).toEqual(['failed']);
  });

  it('posts to the new address of a repository that is renamed during the check', async () => {
    const pullRequest = world.openPullRequest();
    world.onValidate = () => {
      world.onValidate = undefined;
      world.acme.renameRepository('shop', 'store');
      fail({
        path: '/repositories/acme/shop/',
        kind: 'rewrite',
        rewrite: (_, { pathname, search }) => ({
          status: 301,
          headers: {
            location: pathname.replace('/acme/shop/', '/acme/store/') + search,
          },
          body: Buffer.alloc(0),
        }),
      });
    };
    await world.deliver(world.eventOf(pullRequest));
    const posts = ALL.slice(3);
    expect(world.requests()).toEqual([
      ...ALL.slice(0, 3),
      ...posts.flatMap(post => [post, post]),
    ]);
    expect(await world.outcomes(pullRequest)).toEqual(['failed']);
    expect(world.reportOf(pullRequest)?.annotations.size).toBe(1);
  });

  it('posts nothing where the head is gone', async () => {
    const pullRequest = world.openPullRequest();
    fail({
      endpoint: 'src',
      kind: 'status',
      status: 404,
      message: 'Commit not found',
    });
    await world.deliver(world.eventOf(pullRequest));
    // It may be a commit that is not visible everywhere yet.
    expect(await world.outcomes(pullRequest)).toEqual(['waiting']);
    world.timing.advance(MINUTE_MS);
    await world.round();
    expect(await world.outcomes(pullRequest)).toEqual(['superseded']);
    expect(world.reportOf(pullRequest)).toBeUndefined();
  });

  it('waits where a file that the pull request has is missing at its head', async () => {
    const pullRequest = world.openPullRequest();
    fail({
      endpoint: 'src',
      kind: 'status',
      status: 404,
      message: 'No such file or directory: catalog-info.yaml',
    });
    await world.deliver(world.eventOf(pullRequest));
    expect(await world.outcomes(pullRequest)).toEqual(['waiting']);
    expect(world.reportOf(pullRequest)).toBeUndefined();
  });

  it('keeps to its share of the requests, and goes on when there are more', async () => {
    await world.stop();
    world = await RunsWorld.start({ pullRequestsPerHour: 4 });
    const pullRequest = world.openPullRequest();
    await world.deliver(world.eventOf(pullRequest));
    expect(world.requests()).toEqual(ALL.slice(0, 4));
    expect(await world.outcomes(pullRequest)).toEqual(['waiting']);
    world.timing.advance(62 * MINUTE_MS);
    await world.round();
    expect(await world.outcomes(pullRequest)).toEqual(['failed']);
  });

  it('says on the page why the result is not posted', async () => {
    const pullRequest = world.openPullRequest();
    fail({ endpoint: 'report', kind: 'status', status: 403 });
    await world.deliver(world.eventOf(pullRequest));
    const { runs } = await world.record(pullRequest);
    expect(runs).toEqual([
      expect.objectContaining({
        outcome: 'waiting',
        posted: [
          expect.objectContaining({ what: 'report', outcome: 'refused' }),
        ],
        result: expect.objectContaining({
          findings: [expect.objectContaining({ severity: 'error' })],
        }),
      }),
    ]);
  });

  it('keeps keys, accounts and URLs off the page, and has them in the log', async () => {
    const pullRequest = world.openPullRequest();
    fail({
      endpoint: 'pullrequest',
      kind: 'status',
      status: 401,
      message: 'Token of bot@example.com expired, see http://internal/login',
    });
    await world.deliver(world.eventOf(pullRequest));
    const page = JSON.stringify(await world.record(pullRequest));
    expect(page).not.toMatch(/bot@example|internal|integrations\.|127\.0\.0/);
    const log = world.logger.lines.map(({ message }) => message).join('; ');
    expect(log).toMatch(/integrations\.bitbucketCloud\[0\]/);
  });

  it('warns once of what the credential may not do, until it may', async () => {
    const warnings = () =>
      world.logger.lines.filter(({ level }) => level === 'warn').length;
    fail({ endpoint: 'report', kind: 'status', status: 403 });
    for (const branch of ['one', 'two', 'three']) {
      const pullRequest = world.openPullRequest(undefined, branch);
      await world.deliver(world.eventOf(pullRequest));
    }
    expect(warnings()).toBe(1);
  });

  it('leaves other pull requests alone where one fails', async () => {
    const first = world.openPullRequest();
    const second = world.openPullRequest(
      { 'catalog-info.yaml': componentFile('shop', 'old') },
      'other',
    );
    fail({
      path: first.source.commit.hash,
      endpoint: 'src',
      kind: 'status',
      status: 500,
    });
    await Promise.all(
      [first, second].map(one => world.deliver(world.eventOf(one))),
    );
    expect(await world.outcomes(first)).toEqual(['waiting']);
    expect(await world.outcomes(second)).toEqual(['passed']);
  });
});

import { SimulatedPullRequest } from '../../dev/simulator/world/pullRequest';
import { componentFile } from '../../testing/entities';
import { RunsWorld } from '../../testing/workspace/startRuns';

const MINUTE_MS = 60_000;
const INVALID = { 'catalog-info.yaml': componentFile('not a name') };
const VALID = { 'catalog-info.yaml': componentFile('shop', 'deprecated') };

type PullRequestBody = {
  source: object;
  updated_on?: string;
};

describe('PullRequestRuns, where the host does not name the head of the event', () => {
  let world: RunsWorld;

  beforeEach(async () => {
    world = await RunsWorld.start();
  });
  afterEach(() => world.stop());

  /** What the host shows of a pull request now, to be shown later too. */
  function showLater(
    { source, updatedOn }: SimulatedPullRequest,
    options: { times?: number; updatedOn?: number | null } = {},
  ): () => void {
    const { hash } = source.commit;
    const time =
      options.updatedOn === undefined ? updatedOn : options.updatedOn;
    return () =>
      world.simulator.faults.add({
        endpoint: 'pullrequest',
        kind: 'json',
        times: options.times,
        change: body => {
          const now = body as PullRequestBody;
          return {
            ...now,
            source: { ...now.source, commit: { hash: hash.slice(0, 12) } },
            updated_on: time && new Date(time).toISOString(),
          };
        },
      });
  }

  async function waitAMinute(): Promise<void> {
    world.timing.advance(MINUTE_MS);
    world.requests();
    await world.round();
  }

  it('checks the newest head after one read that shows the head before', async () => {
    const pullRequest = world.openPullRequest(INVALID);
    await world.deliver(world.eventOf(pullRequest));
    const old = pullRequest.source.commit;
    const showOld = showLater(pullRequest, { times: 1 });
    world.push(VALID);
    showOld();
    world.requests();
    await world.deliver(world.eventOf(pullRequest));
    expect(world.requests()).toEqual(['GET diffstat', 'GET pullrequest']);
    expect(await world.outcomes(pullRequest)).toEqual(['waiting', 'failed']);
    const [{ message }] = (await world.record(pullRequest)).runs;
    expect(message).toContain('does not show this commit');
    await world.deliver(world.eventOf(pullRequest));
    expect(world.requests()).toEqual([]);

    await waitAMinute();
    expect(world.requests()).toEqual([
      'GET diffstat',
      'GET pullrequest',
      'GET src',
      'PUT report',
    ]);
    expect(await world.outcomes(pullRequest)).toEqual(['passed', 'failed']);
    const reports = pullRequest.source.repository.reports.of(old);
    expect(reports.map(({ content }) => content.result)).toEqual(['FAILED']);
  });

  it('does not check a head before that has no run of its own', async () => {
    const pullRequest = world.openPullRequest(INVALID);
    const old = pullRequest.source.commit;
    const showOld = showLater(pullRequest, { times: 1 });
    world.push(VALID);
    showOld();
    await world.deliver(world.eventOf(pullRequest));
    expect(await world.outcomes(pullRequest)).toEqual(['waiting']);
    await waitAMinute();
    expect(await world.outcomes(pullRequest)).toEqual(['passed']);
    expect(pullRequest.source.repository.reports.of(old)).toEqual([]);
  });

  it('does not end the run of a newer head because a late delivery reads the head before', async () => {
    const pullRequest = world.openPullRequest(INVALID);
    const old = world.eventOf(pullRequest);
    const { commit } = pullRequest.source;
    const showOld = showLater(pullRequest, { times: 2 });
    world.push(VALID);
    showOld();
    await world.deliver(world.eventOf(pullRequest));
    await world.deliver(old);
    expect((await world.outcomes(pullRequest)).sort()).toEqual([
      'superseded',
      'waiting',
    ]);
    await waitAMinute();
    expect((await world.outcomes(pullRequest)).sort()).toEqual([
      'passed',
      'superseded',
    ]);
    expect(pullRequest.source.repository.reports.of(commit)).toEqual([]);
  });

  it('tries again after 1, 5 and 30 minutes as long as the host shows an older state', async () => {
    const pullRequest = world.openPullRequest(INVALID);
    const showOld = showLater(pullRequest);
    world.push(VALID);
    showOld();
    await world.deliver(world.eventOf(pullRequest));
    for (const minutes of [1, 5, 30]) {
      expect(await world.outcomes(pullRequest)).toEqual(['waiting']);
      world.timing.advance(minutes * MINUTE_MS);
      await world.round();
    }
    expect(await world.outcomes(pullRequest)).toEqual(['abandoned']);
    world.simulator.faults.clear();
    await world.deliver(world.eventOf(pullRequest));
    expect(await world.outcomes(pullRequest)).toEqual(['passed']);
  });

  it('ends the run of a head once two reads say that an earlier one is the head again', async () => {
    const pullRequest = world.openPullRequest(INVALID);
    await world.deliver(world.eventOf(pullRequest));
    // Of a forced push whose delivery is lost.
    const updatedOn = world.timing.now() + 5_000;
    const showOld = showLater(pullRequest, { updatedOn });
    world.push(VALID);
    showOld();
    await world.deliver(world.eventOf(pullRequest));
    expect(await world.outcomes(pullRequest)).toEqual(['waiting', 'failed']);
    await waitAMinute();
    expect(await world.outcomes(pullRequest)).toEqual(['superseded', 'failed']);
    expect(world.reportOf(pullRequest)).toBeUndefined();
  });

  it('checks the head that two reads name where its delivery was lost, and no times are known', async () => {
    const pullRequest = world.openPullRequest(INVALID);
    const old = { ...world.eventOf(pullRequest) };
    delete old.pullRequest.updatedAt;
    world.push(VALID);
    showLater(pullRequest, { updatedOn: null })();
    await world.deliver(old);
    expect(await world.outcomes(pullRequest)).toEqual(['waiting']);
    await waitAMinute();
    expect((await world.outcomes(pullRequest)).sort()).toEqual([
      'passed',
      'superseded',
    ]);
    expect(world.reportOf(pullRequest)?.content.result).toBe('PASSED');
  });

  it('tries once more where a commit is missing, and posts nothing', async () => {
    const pullRequest = world.openPullRequest(INVALID);
    world.simulator.faults.add({
      endpoint: 'src',
      kind: 'status',
      status: 404,
      message: 'Commit not found',
      times: 1,
    });
    await world.deliver(world.eventOf(pullRequest));
    expect(await world.outcomes(pullRequest)).toEqual(['waiting']);
    await waitAMinute();
    expect(await world.outcomes(pullRequest)).toEqual(['failed']);
  });
});

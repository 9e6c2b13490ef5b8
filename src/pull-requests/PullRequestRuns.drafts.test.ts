import { componentFile } from '../../testing/entities';
import { RunsWorld } from '../../testing/workspace/startRuns';
import { SimulatedPullRequest } from '../../dev/simulator/world/pullRequest';

const MINUTE_MS = 60_000;
const INVALID = { 'catalog-info.yaml': componentFile('not a name') };
const VALID = { 'catalog-info.yaml': componentFile('shop', 'deprecated') };

describe('PullRequestRuns, of drafts', () => {
  let world: RunsWorld;

  async function start(comment = true): Promise<void> {
    world = await RunsWorld.start({ pullRequests: { comment } });
    world.account.scopes!.push('write:pullrequest:bitbucket');
  }
  afterEach(() => world.stop());

  /** A pull request that says so is opened or changed, and delivered. */
  async function change(
    pullRequest: SimulatedPullRequest,
    changes: { draft?: boolean; title?: string },
    runs = world.runs,
  ): Promise<void> {
    world.timing.advance(1_000);
    world.acme.pullRequests.update(pullRequest, changes);
    await world.deliver(world.eventOf(pullRequest), runs);
  }

  function openDraft(files = INVALID): SimulatedPullRequest {
    const pullRequest = world.openPullRequest(files);
    world.acme.pullRequests.update(pullRequest, { draft: true });
    return pullRequest;
  }

  it('post the comment of a checked draft once it is ready, with that request alone', async () => {
    await start();
    const pullRequest = openDraft();
    await world.deliver(world.eventOf(pullRequest));
    expect(await world.outcomes(pullRequest)).toEqual(['failed']);
    expect(pullRequest.comments).toHaveLength(0);
    world.requests();
    await change(pullRequest, { title: 'Still a draft' });
    expect(world.requests()).toEqual([]);

    await change(pullRequest, { draft: false });
    expect(world.requests()).toEqual(['POST comments']);
    expect(pullRequest.comments).toHaveLength(1);
    expect(pullRequest.comments[0].raw).toContain('not a name');
    expect(await world.outcomes(pullRequest)).toEqual(['failed']);

    for (const changes of [
      { title: 'Ready' },
      { draft: true },
      { draft: false },
    ]) {
      await change(pullRequest, changes);
    }
    expect(world.requests()).toEqual([]);
    expect(await world.outcomes(pullRequest)).toEqual(['failed']);
  });

  it('bring the comment up to date once it is ready again', async () => {
    await start();
    const pullRequest = world.openPullRequest(INVALID);
    await world.deliver(world.eventOf(pullRequest));
    const [comment] = pullRequest.comments;
    world.acme.pullRequests.update(pullRequest, { draft: true });
    world.push(VALID);
    await world.deliver(world.eventOf(pullRequest));
    expect(comment.raw).toContain('not a name');
    world.requests();
    await change(pullRequest, { draft: false });
    expect(world.requests()).toEqual(['PUT comment']);
    expect(comment.raw).toContain('fixed');
  });

  it('request nothing where there is nothing to comment on', async () => {
    await start();
    const pullRequest = openDraft(VALID);
    await world.deliver(world.eventOf(pullRequest));
    world.requests();
    await change(pullRequest, { draft: false });
    expect(world.requests()).toEqual([]);
    expect(await world.outcomes(pullRequest)).toEqual(['passed']);
  });

  it('request nothing without comments', async () => {
    await start(false);
    const pullRequest = openDraft();
    await world.deliver(world.eventOf(pullRequest));
    world.requests();
    await change(pullRequest, { draft: false });
    expect(world.requests()).toEqual([]);
  });

  it.each(['the same replica', 'another replica'])(
    'post the comment at the end of a check during which it became ready, in %s',
    async where => {
      await start();
      const pullRequest = openDraft();
      const other = await world.replica();
      const runs = where === 'the same replica' ? world.runs : other;
      world.onValidate = async () => {
        world.onValidate = undefined;
        await change(pullRequest, { draft: false }, runs);
      };
      await world.deliver(world.eventOf(pullRequest));
      expect(await world.outcomes(pullRequest)).toEqual(['failed']);
      expect(pullRequest.comments).toHaveLength(1);
    },
  );

  it('post the comment with the next attempt of a check that waits', async () => {
    await start();
    const pullRequest = openDraft();
    world.simulator.faults.add({
      endpoint: 'report',
      kind: 'status',
      status: 500,
    });
    await world.deliver(world.eventOf(pullRequest));
    world.simulator.faults.clear();
    await change(pullRequest, { draft: false });
    expect(pullRequest.comments).toHaveLength(0);
    world.timing.advance(MINUTE_MS);
    await world.round();
    expect(await world.outcomes(pullRequest)).toEqual(['failed']);
    expect(pullRequest.comments).toHaveLength(1);
  });

  it('try a comment again that is refused', async () => {
    await start();
    world.account.scopes!.pop();
    const pullRequest = openDraft();
    await world.deliver(world.eventOf(pullRequest));
    await change(pullRequest, { draft: false });
    expect(await world.outcomes(pullRequest)).toEqual(['waiting']);
    world.account.scopes!.push('write:pullrequest:bitbucket');
    world.timing.advance(30 * MINUTE_MS);
    world.requests();
    await world.round();
    expect(world.requests()).toEqual(['GET pullrequest', 'POST comments']);
    expect(await world.outcomes(pullRequest)).toEqual(['failed']);
    expect(pullRequest.comments).toHaveLength(1);
  });

  it('leave an old head alone that is delivered late as ready', async () => {
    await start();
    const pullRequest = openDraft();
    const draft = world.eventOf(pullRequest);
    await world.deliver(draft);
    world.push({ 'catalog-info.yaml': componentFile('another one') });
    await world.deliver(world.eventOf(pullRequest));
    world.requests();
    const { pullRequest: old } = draft;
    await world.deliver({ ...draft, pullRequest: { ...old, isDraft: false } });
    expect(world.requests()).toEqual(['GET pullrequest']);
    expect(pullRequest.comments).toHaveLength(0);
  });
});

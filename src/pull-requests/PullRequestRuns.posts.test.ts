import { componentFile } from '../../testing/entities';
import { RunsOptions, RunsWorld } from '../../testing/workspace/startRuns';

const INVALID = { 'catalog-info.yaml': componentFile('not a name') };
const VALID = { 'catalog-info.yaml': componentFile('shop', 'deprecated') };

describe('PullRequestRuns', () => {
  let world: RunsWorld;

  async function start(options: RunsOptions = {}): Promise<void> {
    world = await RunsWorld.start(options);
  }

  afterEach(() => world.stop());

  it('replaces the report of a commit that is checked again, and takes away what no longer applies', async () => {
    await start();
    const pullRequest = world.openPullRequest(INVALID);
    const { id } = pullRequest;
    await world.deliver(world.eventOf(pullRequest));
    const [before] = world.reportOf(pullRequest)!.annotations.values();
    world.requests();
    world.catalogAccepts = () => true;
    await world.check('acme/shop', id);
    await world.settled(pullRequest);
    expect(world.requests()).toEqual([
      'GET pullrequest',
      'GET diffstat',
      'GET pullrequest',
      'DELETE report',
      'PUT report',
      'POST statuses',
    ]);
    const report = world.reportOf(pullRequest)!;
    expect(report.content.result).toBe('PASSED');
    expect([...report.annotations.values()]).not.toContain(before);
    const { source } = pullRequest;
    expect(
      source.repository.buildStatuses.of(source.commit).map(one => one.content),
    ).toEqual([expect.objectContaining({ state: 'SUCCESSFUL' })]);
  });

  describe('with a comment', () => {
    beforeEach(async () => {
      await start({ pullRequests: { comment: true } });
      world.account.scopes!.push('write:pullrequest:bitbucket');
    });

    it('writes one with the first finding, and edits it', async () => {
      const pullRequest = world.openPullRequest(VALID);
      await world.deliver(world.eventOf(pullRequest));
      expect(pullRequest.comments).toHaveLength(0);
      world.push(INVALID);
      await world.deliver(world.eventOf(pullRequest));
      expect(pullRequest.comments).toHaveLength(1);
      const [comment] = pullRequest.comments;
      expect(comment.raw).toContain('not a name');
      world.push(VALID);
      await world.deliver(world.eventOf(pullRequest));
      expect(pullRequest.comments).toHaveLength(1);
      expect(comment.raw).toContain('fixed');
    });

    it('corrects it where a later head touches no catalog file', async () => {
      const pullRequest = world.openPullRequest(INVALID);
      await world.deliver(world.eventOf(pullRequest));
      const [comment] = pullRequest.comments;
      world.push({
        'catalog-info.yaml': componentFile('shop'),
        'README.md': 'Read me.',
      });
      await world.deliver(world.eventOf(pullRequest));
      expect(await world.outcomes(pullRequest)).toEqual([
        'irrelevant',
        'failed',
      ]);
      expect(comment.raw).toContain('fixed');
      expect(world.reportOf(pullRequest)).toBeUndefined();
    });

    it('writes no other one once a person has deleted it', async () => {
      const pullRequest = world.openPullRequest(INVALID);
      await world.deliver(world.eventOf(pullRequest));
      const [comment] = pullRequest.comments;
      world.acme.pullRequests.deleteComment(pullRequest, comment);
      for (const name of ['one more', 'yet another']) {
        world.push({ 'catalog-info.yaml': componentFile(name) });
        await world.deliver(world.eventOf(pullRequest));
      }
      expect(pullRequest.comments).toHaveLength(1);
      expect(comment.deleted).toBe(true);
    });
  });

  describe('from a fork', () => {
    async function openFromFork() {
      const shop = world.acme.repository('shop');
      const fork = world.acme.forkRepository(shop, { slug: 'fork' });
      world.acme.push('fork', INVALID, { branch: 'feature/x' });
      return world.acme.pullRequests.open('shop', {
        sourceRepository: fork,
        source: 'feature/x',
      });
    }

    it('is not checked by default', async () => {
      await start();
      const pullRequest = await openFromFork();
      world.requests();
      await world.deliver(world.eventOf(pullRequest));
      expect(world.requests()).toEqual([]);
    });

    it('gets a report and no build status where forks are checked', async () => {
      await start({ pullRequests: { forks: true } });
      const pullRequest = await openFromFork();
      await world.deliver(world.eventOf(pullRequest));
      expect(await world.outcomes(pullRequest)).toEqual(['failed']);
      expect(world.reportOf(pullRequest)?.content.result).toBe('FAILED');
      const { repository, commit } = pullRequest.source;
      expect(repository.buildStatuses.of(commit)).toHaveLength(0);
    });
  });
});

import { componentFile } from '../../testing/entities';
import { RunsWorld } from '../../testing/workspace/startRuns';

const DAY_MS = 24 * 60 * 60_000;
const INVALID = { 'catalog-info.yaml': componentFile('not a name') };
const VALID = { 'catalog-info.yaml': componentFile('shop', 'deprecated') };

describe('PullRequestRuns, with a retention of 30 days', () => {
  let world: RunsWorld;

  beforeEach(async () => {
    world = await RunsWorld.start({ pullRequests: { retention: '30 days' } });
  });

  afterEach(() => world.stop());

  /** Whether the page is there after some more days. */
  async function isThere(pageId: string, days: number): Promise<boolean> {
    world.timing.advance(days * DAY_MS);
    await world.runs.prune();
    return (await world.runs.record(pageId)) !== undefined;
  }

  it('keeps the page and the newest run of a pull request that stays open for months', async () => {
    const pullRequest = world.openPullRequest(INVALID);
    await world.deliver(world.eventOf(pullRequest));
    world.push(VALID);
    await world.deliver(world.eventOf(pullRequest));
    const { pageId } = await world.record(pullRequest);
    expect(await isThere(pageId, 29)).toBe(true);
    expect(await world.outcomes(pullRequest)).toEqual(['passed', 'failed']);
    expect(await isThere(pageId, 2)).toBe(true);
    expect(await world.outcomes(pullRequest)).toEqual(['passed']);
    expect(await isThere(pageId, 328)).toBe(true);

    expect(await isThere(pageId, 2)).toBe(false);
    const knex = await world.open();
    expect(await knex('bitbucket__runs')).toEqual([]);
  });

  it('has the same page for a commit after months', async () => {
    const pullRequest = world.openPullRequest(INVALID);
    await world.deliver(world.eventOf(pullRequest));
    const { pageId } = await world.record(pullRequest);
    expect(await isThere(pageId, 100)).toBe(true);
    world.push(VALID);
    await world.deliver(world.eventOf(pullRequest));
    expect((await world.record(pullRequest)).pageId).toBe(pageId);
    expect(await isThere(pageId, 12 * 30 - 1)).toBe(true);
  });

  it('deletes a pull request that long after it was closed', async () => {
    const pullRequest = world.openPullRequest(INVALID);
    await world.deliver(world.eventOf(pullRequest));
    const { pageId } = await world.record(pullRequest);
    expect(await isThere(pageId, 100)).toBe(true);
    world.acme.pullRequests.decline(pullRequest);
    await world.deliver(world.eventOf(pullRequest));
    expect(await isThere(pageId, 29)).toBe(true);
    expect(await isThere(pageId, 2)).toBe(false);
    const knex = await world.open();
    expect(await knex('bitbucket__runs')).toEqual([]);
  });
});

import { componentFile } from '../../testing/entities';
import { RunsWorld } from '../../testing/workspace/startRuns';

const INVALID = { 'catalog-info.yaml': componentFile('not a name') };

describe('MissedPullRequests', () => {
  let world: RunsWorld;

  beforeEach(async () => {
    world = await RunsWorld.start();
  });

  afterEach(() => world.stop());

  it('finds the pull requests of repositories that were pushed to while webhooks were silent', async () => {
    const silentSince = world.timing.now();
    const pullRequest = world.openPullRequest(INVALID);
    const find = await world.missed(async () => silentSince);
    world.requests();
    await world.runs.startMissed(find(), {});
    expect(world.requests()).toContain('GET pullrequests');
    expect(world.reportOf(pullRequest)?.content.result).toBe('FAILED');
    await world.runs.startMissed(find(), {});
    expect(world.requests()).toEqual([]);
  });

  it('asks no repository for its pull requests while webhooks deliver', async () => {
    world.openPullRequest(INVALID);
    const find = await world.missed(async () => undefined);
    world.requests();
    await world.runs.startMissed(find(), {});
    expect(world.requests()).toEqual([]);
  });
});

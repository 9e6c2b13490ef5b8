import fc from 'fast-check';
import { componentFile } from '../../testing/entities';
import { RunsOptions, RunsWorld } from '../../testing/workspace/startRuns';
import { PullRequestEvent } from '../scm/changes';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const INVALID = { 'catalog-info.yaml': componentFile('not a name') };
const VALID = { 'catalog-info.yaml': componentFile('shop', 'deprecated') };

describe('PullRequestRuns', () => {
  let world: RunsWorld;

  async function start(options: RunsOptions = {}): Promise<void> {
    world = await RunsWorld.start(options);
  }

  afterEach(() => world.stop());

  it('has one of two replicas make the run of an event', async () => {
    await start();
    const pullRequest = world.openPullRequest();
    const other = await world.replica();
    world.requests();
    const event = world.eventOf(pullRequest);
    await Promise.all([
      world.deliver(event),
      world.deliver(event, other),
      world.deliver(event),
    ]);
    expect(world.requests()).toEqual([
      'GET diffstat',
      'GET pullrequest',
      'GET src',
      'PUT report',
      'POST annotations',
      'POST statuses',
    ]);
    expect(await world.outcomes(pullRequest)).toEqual(['failed']);
  });

  it('checks the newest head after a delivery that names an old one', async () => {
    await start();
    const pullRequest = world.openPullRequest(INVALID);
    const old = world.eventOf(pullRequest);
    world.push(VALID);
    await world.deliver(old);
    expect((await world.outcomes(pullRequest)).sort()).toEqual([
      'passed',
      'superseded',
    ]);
    expect(world.reportOf(pullRequest)?.content.result).toBe('PASSED');
    const { repository } = pullRequest.source;
    const [before] = pullRequest.source.commit.parents;
    expect(repository.reports.of(before)).toHaveLength(0);
  });

  it('asks only what the head is where an old delivery comes after the newest one', async () => {
    await start();
    const pullRequest = world.openPullRequest(INVALID);
    const old = world.eventOf(pullRequest);
    await world.deliver(old);
    world.push(VALID);
    await world.deliver(world.eventOf(pullRequest));
    world.requests();
    await world.deliver(old);
    expect(world.requests()).toEqual(['GET pullrequest']);
    expect((await world.outcomes(pullRequest)).sort()).toEqual([
      'failed',
      'passed',
    ]);
    await world.deliver(world.eventOf(pullRequest));
    expect(world.requests()).toEqual([]);
  });

  it('ends a run where a newer head arrives, and posts nothing to the old one', async () => {
    await start();
    const pullRequest = world.openPullRequest(INVALID);
    const old = pullRequest.source.commit;
    let newer: Promise<void> | undefined;
    world.onValidate = async () => {
      if (!newer) {
        world.push(VALID);
        newer = world.deliver(world.eventOf(pullRequest));
        await newer;
      }
    };
    await world.deliver(world.eventOf(pullRequest));
    await world.settled(pullRequest);
    expect(await world.outcomes(pullRequest)).toEqual(['passed', 'superseded']);
    expect(pullRequest.source.repository.reports.of(old)).toHaveLength(0);
    expect(world.reportOf(pullRequest)?.content.result).toBe('PASSED');
  });

  it('posts nothing to a pull request that is closed during the run', async () => {
    await start();
    const pullRequest = world.openPullRequest(INVALID);
    world.onValidate = async () => {
      world.onValidate = undefined;
      world.acme.pullRequests.decline(pullRequest);
      await world.deliver(world.eventOf(pullRequest));
    };
    await world.deliver(world.eventOf(pullRequest));
    expect(await world.outcomes(pullRequest)).toEqual(['closed']);
    expect(world.reportOf(pullRequest)).toBeUndefined();
  });

  it('ends a run that waits once the pull request is closed', async () => {
    await start();
    const pullRequest = world.openPullRequest(INVALID);
    world.simulator.faults.add({
      endpoint: 'src',
      kind: 'status',
      status: 500,
    });
    await world.deliver(world.eventOf(pullRequest));
    world.acme.pullRequests.decline(pullRequest);
    await world.deliver(world.eventOf(pullRequest));
    world.simulator.faults.clear();
    world.timing.advance(DAY_MS);
    world.requests();
    await world.round();
    expect(world.requests()).toEqual([]);
    expect(await world.outcomes(pullRequest)).toEqual(['closed']);
  });

  it('has a run of its own for another destination', async () => {
    await start();
    world.acme.createBranch('shop', 'next');
    const pullRequest = world.openPullRequest(VALID);
    await world.deliver(world.eventOf(pullRequest));
    world.timing.advance(1_000);
    world.acme.pullRequests.update(pullRequest, { destination: 'next' });
    await world.deliver(world.eventOf(pullRequest));
    // The provider reads the default branch alone.
    expect(await world.outcomes(pullRequest)).toEqual(['irrelevant', 'passed']);
  });

  it('ends the failed build status of a destination that the pull request no longer has', async () => {
    await start();
    world.acme.createBranch('shop', 'next');
    const pullRequest = world.openPullRequest(INVALID);
    await world.deliver(world.eventOf(pullRequest));
    world.timing.advance(1_000);
    world.acme.pullRequests.update(pullRequest, { destination: 'next' });
    await world.deliver(world.eventOf(pullRequest));
    const { repository, commit } = pullRequest.source;
    expect(
      repository.buildStatuses.of(commit).map(one => one.content.state),
    ).toEqual(['SUCCESSFUL']);
  });

  it('posts again what is true of an earlier destination once it is the target again', async () => {
    await start();
    world.acme.createBranch('shop', 'next');
    const pullRequest = world.openPullRequest(INVALID);
    for (const destination of ['main', 'next', 'main']) {
      world.timing.advance(1_000);
      world.acme.pullRequests.update(pullRequest, { destination });
      await world.deliver(world.eventOf(pullRequest));
    }
    const { repository, commit } = pullRequest.source;
    expect(
      repository.buildStatuses.of(commit).map(one => one.content.state),
    ).toEqual(['FAILED']);
  });

  it('gives up a run that ends the process each time', async () => {
    await start();
    const pullRequest = world.openPullRequest(INVALID);
    world.onValidate = () => {
      throw new Error('never reached in this test');
    };
    await world.deliver(world.eventOf(pullRequest));
    const knex = await world.open();
    for (let crashes = 0; crashes < 6; crashes += 1) {
      await knex('bitbucket__runs').update({ outcome: 'running', alive_at: 0 });
      const other = await world.replica();
      other.stop();
      await world.round(other);
    }
    await world.round();
    expect(await world.outcomes(pullRequest)).toEqual(['abandoned']);
  });

  it('notes a merge once, however often its delivery comes', async () => {
    await start();
    const pullRequest = world.openPullRequest(VALID);
    await world.deliver(world.eventOf(pullRequest));
    world.acme.pullRequests.merge(pullRequest);
    const merged = world.eventOf(pullRequest);
    await world.deliver(merged);
    const { merge } = await world.record(pullRequest);
    world.timing.advance(MINUTE_MS);
    await world.deliver(merged);
    expect((await world.record(pullRequest)).merge).toEqual(merge);
  });

  it('says that files beyond those that the host lists were not checked', async () => {
    await start();
    world.simulator.faults.add({
      endpoint: 'diffstat',
      kind: 'json',
      change: body => ({
        ...(body as object),
        next: `${world.simulator.apiBaseUrl}/more`,
      }),
    });
    const pullRequest = world.openPullRequest(VALID);
    await world.deliver(world.eventOf(pullRequest));
    const [summary] = [
      ...world.reportOf(pullRequest)!.annotations.values(),
    ].map(one => one.content.summary);
    expect(summary).toMatch(/only the first 1 file were looked at/);
  });

  it.each([['acme/unknown', 1, 'No provider has a repository acme/unknown']])(
    'does not check a pull request of %s',
    async (repository, id, message) => {
      await start();
      await expect(world.check(repository, id)).rejects.toThrow(message);
    },
  );

  it('shows what the catalog has ingested after the merge', async () => {
    await start();
    const pullRequest = world.openPullRequest({
      'catalog-info.yaml': `${componentFile('shop')}---\n${componentFile('cart')}`,
    });
    await world.deliver(world.eventOf(pullRequest));
    world.acme.pullRequests.merge(pullRequest);
    world.requests();
    await world.deliver(world.eventOf(pullRequest));
    expect(world.requests()).toEqual([]);
    const cart = {
      entityRef: 'component:default/cart',
      action: 'add',
    };
    expect((await world.record(pullRequest)).merge?.entities).toContainEqual({
      ...cart,
      state: 'pending',
    });
    const knex = await world.open();
    await knex('refresh_state').insert({
      entity_ref: cart.entityRef,
      unprocessed_entity: '{}',
      errors: '[]',
    });
    world.timing.advance(MINUTE_MS);
    expect((await world.record(pullRequest)).merge?.entities).toContainEqual({
      ...cart,
      state: 'done',
      at: world.timing.now(),
    });
  });

  it('ends with one report, of the newest head, whatever deliveries arrive in which order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.record({ push: fc.boolean() }),
            // Of the deliveries so far, by any of two replicas.
            fc.record({ deliver: fc.nat(5), replica: fc.nat(1) }),
          ),
          { maxLength: 8 },
        ),
        async steps => {
          await start();
          try {
            const replicas = [world.runs, await world.replica()];
            const pullRequest = world.openPullRequest(INVALID);
            const events: PullRequestEvent[] = [world.eventOf(pullRequest)];
            let pushes = 0;
            const under: Promise<void>[] = [];
            for (const step of steps) {
              if ('push' in step) {
                pushes += 1;
                world.push({
                  'catalog-info.yaml': componentFile(
                    step.push ? 'shop' : 'not a name',
                    `lifecycle-${pushes}`,
                  ),
                });
                events.push(world.eventOf(pullRequest));
              } else {
                const event = events[step.deliver % events.length];
                under.push(world.deliver(event, replicas[step.replica]));
              }
            }
            // The last of all is not lost, and comes at any time.
            under.push(world.deliver(events.at(-1)!, replicas[1]));
            await Promise.all(under);
            await world.settled(pullRequest);
            const { repository, commit } = pullRequest.source;
            const isValid = !commit.tree
              .get('catalog-info.yaml')!
              .content.toString()
              .includes('not a name');
            const reports = repository.reports.of(commit);
            expect(reports.map(({ content }) => content.result)).toEqual([
              isValid ? 'PASSED' : 'FAILED',
            ]);
          } finally {
            await world.stop();
          }
        },
      ),
      { numRuns: 15 },
    );
  });
});

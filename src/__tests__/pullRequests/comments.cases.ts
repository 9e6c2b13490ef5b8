import { Knex } from 'knex';
import { SimulatedPullRequest } from '../../../dev/simulator/world/pullRequest';
import { Database } from '../../../testing/backendConfig';
import { DatabaseServer, startSqlite } from '../../../testing/databases';
import { componentFile } from '../../../testing/entities';
import { openDatabase } from '../../../testing/openDatabase';
import { PullRequestWorld } from '../../../testing/pullRequestWorld';
import { until } from '../../../testing/until';

const BROKEN = { 'catalog-info.yaml': componentFile('not a name') };
const VALID = { 'catalog-info.yaml': componentFile('shop', 'deprecated') };

/** One backend for all, and a pull request of its own for each. */
describe('pull requests with a comment', () => {
  let databases: DatabaseServer;
  let database: Database;
  let knex: Knex;
  let world: PullRequestWorld;

  beforeAll(async () => {
    databases = await startSqlite();
    database = databases.createDatabase();
    world = await PullRequestWorld.start({
      database,
      pullRequests: { comment: true },
    });
    world.account.scopes!.push('write:pullrequest:bitbucket');
    knex = await openDatabase(database);
  });
  beforeEach(() => {
    world.simulator.faults.clear();
    world.simulator.requests.clear();
  });
  afterAll(async () => {
    await knex?.destroy();
    await world?.stop();
    await databases.stop();
  });

  const requests = () =>
    world.simulator.requests.entries.map(
      ({ method, endpoint }) => `${method} ${endpoint}`,
    );

  /** Makes the next attempt of what waits, whose time has not come yet. */
  async function tryAgain(): Promise<void> {
    await until(async () => 'waiting' in (await world.outcomes()), 'a failure');
    world.simulator.requests.clear();
    await knex('bitbucket__runs')
      .where({ outcome: 'waiting' })
      .update({ retry_at: 0 });
    await world.backend.beginTask('bitbucket.org:pull-requests');
    await until(
      async () =>
        !/waiting|running/.test(`${Object.keys(await world.outcomes())}`),
      'the next attempt to end',
    );
  }

  it('get it once a draft that was checked is ready, without another check', async () => {
    const pullRequest = world.open(BROKEN, { branch: 'draft', draft: true });
    await world.reported(pullRequest, 'FAILED');
    expect(pullRequest.comments).toEqual([]);
    world.simulator.requests.clear();
    world.acme.pullRequests.update(pullRequest, { draft: false });
    await until(async () => pullRequest.comments.length > 0, 'a comment');
    expect(requests()).toEqual(['POST comments']);
    expect(await world.hasEnded()).toBe(true);
  });

  it('get one although the response to the first was lost', async () => {
    world.simulator.faults.add({
      endpoint: 'comments',
      method: 'POST',
      kind: 'dropSocket',
      when: 'inBody',
      times: 1,
    });
    const pullRequest = world.open(BROKEN, { branch: 'lost' });
    await tryAgain();
    expect(requests()).toEqual(['GET pullrequest', 'GET comments']);
    expect(pullRequest.comments).toHaveLength(1);
  });

  it('are checked at their head although Bitbucket named the one before at first', async () => {
    const pullRequest = world.open(BROKEN, { branch: 'late' });
    await world.reported(pullRequest, 'FAILED');
    const { source, updatedOn } = pullRequest;
    world.simulator.faults.add({
      endpoint: 'pullrequest',
      kind: 'json',
      times: 1,
      change: body => ({
        ...(body as object),
        ...shownBefore(source, updatedOn),
      }),
    });
    world.acme.push('shop', VALID, { branch: 'late' });
    await tryAgain();
    expect((await world.reported(pullRequest)).content.result).toBe('PASSED');
    expect(pullRequest.comments.map(({ raw }) => raw)).toEqual([
      expect.stringContaining('fixed'),
    ]);
  });
});

/** What the host said of the source of a pull request before it was pushed to. */
function shownBefore(
  { branch, commit, repository }: SimulatedPullRequest['source'],
  updatedOn: number,
) {
  return {
    source: {
      branch: { name: branch },
      commit: { hash: commit.hash.slice(0, 12) },
      repository: { uuid: repository.uuid, full_name: repository.fullName },
    },
    updated_on: new Date(updatedOn).toISOString(),
  };
}

import { Knex } from 'knex';
import { Database } from '../../../testing/backendConfig';
import { DATABASES, DatabaseServer } from '../../../testing/databases';
import { componentFile } from '../../../testing/entities';
import { openDatabase } from '../../../testing/openDatabase';
import { PullRequestWorld } from '../../../testing/pullRequestWorld';
import { until } from '../../../testing/until';
import { PullRequestStore } from '../../pull-requests/PullRequestStore';

const DAY_MS = 24 * 60 * 60_000;

const BROKEN = componentFile('not a name');

/** One backend for all, and a pull request of its own for each. */
describe.each(DATABASES)('pull requests, on %s', (_, startServer) => {
  let databases: DatabaseServer;
  let database: Database;
  let world: PullRequestWorld;
  let branches = 0;

  beforeAll(async () => {
    databases = await startServer();
    database = databases.createDatabase();
    world = await PullRequestWorld.start({ database });
  });
  beforeEach(() => world.simulator.requests.clear());
  afterAll(async () => {
    await world?.stop();
    await databases.stop();
  });

  function open(content: string) {
    branches += 1;
    const branch = `feature/${branches}`;
    return world.open({ 'catalog-info.yaml': content }, { branch });
  }

  /** The page of a pull request, once it was checked again on demand. */
  async function check(id: number): Promise<string> {
    const response = await world.backend.post('bitbucket/pull-requests/check', {
      repository: 'acme/shop',
      id,
    });
    expect(response.status).toBe(202);
    const { page } = (await response.json()) as { page: string };
    await until(() => world.hasEnded(), 'the run to end');
    return `${world.backend.baseUrl}${page}`;
  }

  it('reports that all catalog files are valid, with four requests', async () => {
    const pullRequest = open(componentFile('shop', 'deprecated'));
    const report = await world.reported(pullRequest, 'PASSED');
    expect(report.content).toMatchObject({ title: 'Backstage catalog' });
    expect(report.annotations.size).toBe(0);
    expect(
      world.simulator.requests.entries.map(({ endpoint }) => endpoint),
    ).toEqual(['diffstat', 'pullrequest', 'src', 'report']);
  });

  it('reports an invalid entity on its line, and shows the run on a page that needs no sign-in', async () => {
    const pullRequest = open(BROKEN);
    const report = await world.reported(pullRequest, 'FAILED');
    expect([...report.annotations.values()].map(one => one.content)).toEqual([
      expect.objectContaining({
        path: 'catalog-info.yaml',
        line: 4,
        severity: 'HIGH',
      }),
      expect.objectContaining({ severity: 'MEDIUM' }),
    ]);
    const page = await check(pullRequest.id);
    const html = await fetch(page);
    expect(html.headers.get('content-security-policy')).toContain(
      "default-src 'none'",
    );
    expect(await html.text()).toContain('catalog-info.yaml');
    const json = await fetch(`${page}.json`);
    expect(await json.json()).toMatchObject({
      runs: [{ outcome: 'failed', trigger: { by: 'request' } }],
    });
  });

  it('reports on a name that no database takes', async () => {
    const nul = componentFile('"shop\\0"');
    const pullRequest = open(`${nul}---\n${BROKEN}`);
    const report = await world.reported(pullRequest, 'FAILED');
    expect(
      [...report.annotations.values()].map(one => one.content.summary),
    ).toContainEqual(expect.stringContaining('control character'));
  });

  it('shows what the catalog has ingested after the merge', async () => {
    const pullRequest = open(componentFile('shop', 'experimental'));
    await world.reported(pullRequest, 'PASSED');
    const page = await check(pullRequest.id);
    world.acme.pullRequests.merge(pullRequest);
    await until(async () => {
      const { merge } = (await (await fetch(`${page}.json`)).json()) as {
        merge?: { entities: { state: string }[] };
      };
      return merge?.entities.every(({ state }) => state === 'done') ?? false;
    }, 'the change to be in the catalog');
  });

  it('checks a pull request once where two replicas get its deliveries', async () => {
    await world.startReplica();
    const pullRequest = open(componentFile('also not a name'));
    await world.reported(pullRequest, 'FAILED');
    const { requests } = world.simulator;
    expect(requests.count({ endpoint: 'diffstat' })).toBe(1);
    expect(requests.count({ endpoint: 'report' })).toBe(1);
  });

  describe('after 31 days', () => {
    let knex: Knex;

    beforeAll(async () => {
      knex = await openDatabase(database);
    });
    afterAll(() => knex.destroy());

    const storeAfter = (days: number) =>
      new PullRequestStore(
        async () => knex,
        'bitbucket.org',
        () => Date.now() + days * DAY_MS,
      );

    it('have their page and their newest check as long as they are open', async () => {
      const pullRequest = open(BROKEN);
      await world.reported(pullRequest, 'FAILED');
      world.acme.push(
        'shop',
        { 'catalog-info.yaml': componentFile('shop', 'deprecated') },
        { branch: pullRequest.source.branch },
      );
      await world.reported(pullRequest, 'PASSED');
      const page = await check(pullRequest.id);
      const runs = async () => {
        const response = await fetch(`${page}.json`);
        const { runs: shown } = (await response.json()) as {
          runs: { outcome: string }[];
        };
        return shown.map(({ outcome }) => outcome);
      };
      expect(await runs()).toEqual(['passed', 'failed']);
      await storeAfter(31).prune();
      expect(await runs()).toEqual(['passed']);
      await storeAfter(361).prune();
      expect((await fetch(page)).status).toBe(404);
    });

    it('have a comment created by one of those who want to', async () => {
      const pullRequest = open(BROKEN);
      await world.reported(pullRequest, 'FAILED');
      const store = storeAfter(0);
      const pageId = await store.pageOf({
        uuid: pullRequest.destination.repository.uuid,
        number: pullRequest.id,
      });
      const claim = { hash: 'of a text', pendingUntil: Date.now() + DAY_MS };
      const claims = [1, 2, 3].map(() => store.claimComment(pageId!, claim));
      const claimed = await Promise.all(claims);
      expect(claimed.filter(Boolean)).toHaveLength(1);
      expect(await storeAfter(2).claimComment(pageId!, claim)).toBe(true);
    });
  });
});

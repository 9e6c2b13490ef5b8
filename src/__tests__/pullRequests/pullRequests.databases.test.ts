import { DATABASES, DatabaseServer } from '../../../testing/databases';
import { componentFile } from '../../../testing/entities';
import { until } from '../../../testing/until';
import { PullRequestWorld } from '../../../testing/pullRequestWorld';

const BROKEN = componentFile('not a name');

describe.each(DATABASES)('pull requests, on %s', (_, startServer) => {
  let databases: DatabaseServer;
  let world: PullRequestWorld;

  beforeAll(async () => {
    databases = await startServer();
  });
  afterEach(() => world.stop());
  afterAll(() => databases.stop());

  async function start(
    options: Parameters<typeof PullRequestWorld.start>[0] = {},
  ): Promise<void> {
    world = await PullRequestWorld.start({
      database: databases.createDatabase(),
      ...options,
    });
  }

  it('reports that all catalog files are valid, with four requests', async () => {
    await start();
    const pullRequest = world.open({
      'catalog-info.yaml': componentFile('shop', 'deprecated'),
    });
    const report = await world.reported(pullRequest, 'PASSED');
    expect(report.content).toMatchObject({ title: 'Backstage catalog' });
    expect(report.annotations.size).toBe(0);
    expect(
      world.simulator.requests.entries.map(({ endpoint }) => endpoint),
    ).toEqual(['diffstat', 'pullrequest', 'src', 'report']);
  });

  it('reports an invalid entity on its line, and fails the build', async () => {
    await start();
    const pullRequest = world.open({ 'catalog-info.yaml': BROKEN });
    const report = await world.reported(pullRequest, 'FAILED');
    expect([...report.annotations.values()].map(one => one.content)).toEqual([
      expect.objectContaining({
        path: 'catalog-info.yaml',
        line: 4,
        severity: 'HIGH',
      }),
      expect.objectContaining({ severity: 'MEDIUM' }),
    ]);
  });

  it('checks a pull request once where two replicas get its deliveries', async () => {
    await start();
    await world.startReplica();
    const pullRequest = world.open({ 'catalog-info.yaml': BROKEN });
    await world.reported(pullRequest, 'FAILED');
    await world.hasOutcomes({ failed: 1 });
    const { requests } = world.simulator;
    expect(requests.count({ endpoint: 'diffstat' })).toBe(1);
    expect(requests.count({ endpoint: 'report' })).toBe(1);
  });

  it('shows the run on a page that everyone who knows its address can read', async () => {
    await start();
    const pullRequest = world.open({ 'catalog-info.yaml': BROKEN });
    await world.reported(pullRequest, 'FAILED');
    const checked = await world.backend.post('bitbucket/pull-requests/check', {
      repository: 'acme/shop',
      id: pullRequest.id,
    });
    expect(checked.status).toBe(202);
    const { page } = (await checked.json()) as { page: string };
    await world.hasOutcomes({ failed: 1 });
    const html = await fetch(`${world.backend.baseUrl}${page}`);
    expect(html.headers.get('content-security-policy')).toContain(
      "default-src 'none'",
    );
    expect(await html.text()).toContain('catalog-info.yaml');
    const json = await fetch(`${world.backend.baseUrl}${page}.json`);
    expect(await json.json()).toMatchObject({
      runs: [{ outcome: 'failed', trigger: { by: 'request' } }],
    });
  });

  it('shows what the catalog has ingested after the merge', async () => {
    await start();
    const pullRequest = world.open({
      'catalog-info.yaml': componentFile('shop', 'deprecated'),
    });
    await world.reported(pullRequest, 'PASSED');
    const started = await world.backend.post('bitbucket/pull-requests/check', {
      repository: 'acme/shop',
      id: pullRequest.id,
    });
    const { page } = (await started.json()) as { page: string };
    await world.hasOutcomes({ passed: 1 });
    world.acme.pullRequests.merge(pullRequest);
    await until(async () => {
      const json = await fetch(`${world.backend.baseUrl}${page}.json`);
      const { merge } = (await json.json()) as {
        merge?: { entities: { state: string }[] };
      };
      return merge?.entities.every(({ state }) => state === 'done') ?? false;
    }, 'the change to be in the catalog');
  });
});

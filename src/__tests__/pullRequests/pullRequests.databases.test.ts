import { DATABASES, DatabaseServer } from '../../../testing/databases';
import { componentFile } from '../../../testing/entities';
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
});

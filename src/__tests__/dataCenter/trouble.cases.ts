import { FaultKind } from '../../../dev/simulator';
import { DatabaseServer, describeWorld } from '../../../testing';
import {
  DataCenter,
  startDataCenterWorld,
} from '../reliability/data-center/DataCenter';
import { WalkWorld } from '../reliability/WalkWorld';

const REPOSITORIES = 50;
const MINUTE = 60_000;

const BUSY: FaultKind = { kind: 'status', status: 503 };

async function start(
  databases: DatabaseServer,
): Promise<WalkWorld<DataCenter>> {
  const world = await startDataCenterWorld(databases, {
    repositories: REPOSITORIES,
    // A walk that reads the full list looks into everything, if need be again.
    provider: { fullWalk: { days: 7 } },
  });
  await world.isReady();
  return world;
}

/** Walks over an instance while some requests are refused. */
describeWorld('Bitbucket Data Center with trouble', start, world => {
  beforeEach(() => world().bitbucket.simulator.requests.clear());
  afterEach(() => world().bitbucket.simulator.faults.clear());

  /** How often nothing was sent for a while, since the last walk began. */
  const pauses = () =>
    world()
      .backend.messages('warn')
      .filter(line => line.includes('so no requests are sent until')).length;

  /** A walk that begins two minutes after the last one. */
  async function nextWalk(): Promise<void> {
    world().backend.logs.length = 0;
    world().timing.advance(2 * MINUTE);
    await world().backend.walk();
  }

  it.each([
    ['every request to one repository', ['first7'], 0],
    ['every request to two repositories', ['first7', 'first8'], 3],
  ])(
    'reads all others without a stop while %s is answered with 503',
    async (__, slugs, most) => {
      for (const slug of slugs) {
        world().bitbucket.simulator.faults.add({
          path: new RegExp(`/repos/${slug}/`),
          ...BUSY,
        });
      }
      let paused = 0;
      for (let walks = 0; walks < 2; walks += 1) {
        world().bitbucket.push();
        expect(await world().walk()).toContain(
          `${REPOSITORIES} repositories, ${slugs.length} skipped (${slugs.length} failing)`,
        );
        paused += pauses();
      }
      expect(paused).toBeLessThanOrEqual(most);
      world().bitbucket.simulator.faults.clear();
      world().bitbucket.push();
      expect(await world().walk()).toContain(' 0 skipped');
      await world().hasTheTruth();
    },
  );

  it('pauses as a whole while the instance answers every request with 503', async () => {
    world().bitbucket.simulator.faults.add(BUSY);
    await world().walk();
    expect(pauses()).toBeGreaterThan(0);
    world().bitbucket.simulator.faults.clear();
    await world().walk();
    await world().hasTheTruth();
  });

  it('requests those heads in the next walk that one did not come to', async () => {
    // What the walk before it has learned counts as changed for this one.
    await nextWalk();
    world().bitbucket.push();
    world().bitbucket.simulator.faults.add({
      endpoint: 'branchesDefault',
      kind: 'status',
      status: 401,
    });
    expect(await world().walk()).toContain('answered 401');
    world().bitbucket.simulator.faults.clear();
    await nextWalk();
    await world().hasTheTruth();
    world().bitbucket.simulator.requests.clear();
    await nextWalk();
    expect(
      world().bitbucket.simulator.requests.count({
        endpoint: 'branchesDefault',
      }),
    ).toBe(0);
  });
});

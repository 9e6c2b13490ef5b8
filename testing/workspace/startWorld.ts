import { Simulator, startSimulator } from '../../dev/simulator/simulator';
import { Files } from '../../dev/simulator/world/tree';
import { SimulatedWorkspace } from '../../dev/simulator/world/workspace';
import { BitbucketClient } from '../../src/hosts/bitbucket-cloud/BitbucketClient';
import { WorkspaceIndex } from '../../src/mirror/WorkspaceIndex';
import { clientOf } from '../bitbucket/clientOf';
import { FakeTiming, fakeTiming } from '../bitbucket/fakeTiming';
import { createIndex } from './createIndex';

/** A workspace `acme` and an index that knows nothing of it yet, with one clock. */
export type World = {
  acme: SimulatedWorkspace;
  simulator: Simulator;
  client: BitbucketClient;
  index: WorkspaceIndex;
  /** Its freshness is two minutes. */
  timing: FakeTiming;
  /** Another index with the same database, as after a restart. */
  restart(): WorkspaceIndex;
  /** How many requests some work takes. */
  cost(work: () => Promise<unknown>): Promise<number>;
};

const running: Simulator[] = [];

/**
 * Lives until the end of the test.
 *
 * @param repositories - by slug, with their files; each was made a minute after
 * the one before, the last of them an hour ago
 */
export async function startWorld(
  repositories: Record<string, Files>,
): Promise<World> {
  const timing = fakeTiming();
  const acme = new SimulatedWorkspace({ slug: 'acme' });
  const slugs = Object.keys(repositories);
  slugs.forEach((slug, position) => {
    const minutesAgo = 60 + slugs.length - 1 - position;
    const createdOn = timing.now() - minutesAgo * 60_000;
    acme.addRepository({ slug, files: repositories[slug], createdOn });
  });
  const simulator = await startSimulator({
    workspaces: [acme],
    now: timing.now,
  });
  running.push(simulator);
  const client = clientOf(simulator, { timing });
  const index = createIndex(client, { now: timing.now });
  return {
    acme,
    simulator,
    client,
    index,
    timing,
    restart: () => createIndex(client, { now: timing.now, open: index.open }),
    async cost(work) {
      const before = simulator.requests.count();
      await work();
      return simulator.requests.count() - before;
    },
  };
}

afterEach(async () => {
  await Promise.all(running.splice(0).map(simulator => simulator.stop()));
});

import { freePort } from '../../../dev/freePort';
import { HookEvent } from '../../../dev/simulator';
import { Plan } from '../plan';
import { EXCLUDED_PROJECT, World } from '../World';
import { Clock } from './Clock';
import { configOf, SECRET } from './config';
import { IncrementalSoak, Result } from './IncrementalSoak';
import { OPERATIONS } from './operations';
import { TriggeredBackend } from './TriggeredBackend';
import { Troubles } from './Troubles';

const EVENTS: HookEvent[] = [
  'repo:push',
  'repo:created',
  'repo:deleted',
  'repo:imported',
  'repo:transfer',
  'repo:updated',
  'project:updated',
];

export type RunOptions = {
  seed: number;
  steps: number;
  repositories: number;
  /** Kinds of steps that are left out, or how their names begin. */
  without: string[];
};

/** One soak with all that it takes, of which nothing is left. */
export async function runSeed(options: RunOptions): Promise<Result> {
  const { seed, steps, repositories, without } = options;
  const clock = new Clock();
  const world = await World.start({
    seed,
    repositories,
    projects: ['PAY', 'SHOP', EXCLUDED_PROJECT],
    branch: seed % 3 === 0 ? 'production' : undefined,
    keepsFirst: true,
    now: clock.now,
  });
  const port = await freePort();
  world.workspace.hooks.add({
    url: `http://127.0.0.1:${port}/api/events/http/bitbucketCloud`,
    events: EVENTS,
    secret: SECRET,
  });
  const backend = await TriggeredBackend.start(configOf(world), {
    port,
    now: clock.now,
  });
  const troubles = new Troubles(world);
  const operations = [...OPERATIONS, ...troubles.operations].filter(
    ({ kind }) => !without.some(name => kind.startsWith(name)),
  );
  const plan = new Plan(seed, world, operations);
  const soak = new IncrementalSoak(world, backend, troubles, plan, clock, seed);
  try {
    return await soak.run(steps);
  } finally {
    await world.simulator.deliveries.settled();
    await backend.stop();
    await world.simulator.stop();
  }
}

import { freePort } from '../../../dev/freePort';
import { startDataCenter } from '../data-center/product';
import { Plan } from '../plan';
import { Clock } from './Clock';
import { startCloud } from './cloud';
import { IncrementalSoak, Result } from './IncrementalSoak';
import { TriggeredBackend } from './TriggeredBackend';
import { Troubles } from './Troubles';

type RunOptions = {
  seed: number;
  steps: number;
  repositories: number;
  /** Whether the product is Bitbucket Data Center, and not Cloud. */
  dataCenter: boolean;
  /** Kinds of steps that are left out, or how their names begin. */
  without: string[];
};

/** One soak with all that it takes, of which nothing is left. */
export async function runSeed(options: RunOptions): Promise<Result> {
  const { seed, steps, repositories, dataCenter, without } = options;
  const clock = new Clock();
  const port = await freePort();
  const start = dataCenter ? startDataCenter : startCloud;
  const product = await start({ seed, repositories, now: clock.now, port });
  const { world, name } = product;
  const backend = await TriggeredBackend.start(product.config(), {
    port,
    name,
    features: product.features(clock),
  });
  const troubles = new Troubles(product);
  const operations = [...product.operations, ...troubles.operations].filter(
    ({ kind }) => !without.some(left => kind.startsWith(left)),
  );
  const plan = new Plan(seed, world, operations);
  const soak = new IncrementalSoak(
    product,
    backend,
    troubles,
    plan,
    clock,
    seed,
  );
  try {
    return await soak.run(steps);
  } finally {
    await world.deliveries.settled();
    await backend.stop();
    await world.stop();
  }
}

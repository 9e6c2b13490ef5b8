import { Bitbucket, countPurposes, Purpose } from '../bitbucket';
import { BackendProcess } from '../backend';
import { Catalog } from '../catalog';
import { secondsSince, until } from '../wait';

export type Fill = {
  /** Whether every component came into the catalog. */
  complete: boolean;
  components: number;
  /** How many components there are to come. */
  expected: number;
  /** From the start of the loaded backend to the last component, or to the end of the watch. */
  seconds: number;
  cpuSeconds: number;
  requests: number;
  byPurpose: Record<Purpose, number>;
  /** Requests that were answered by 429. */
  refused: number;
};

const LOOK_EVERY_MS = 250;

/** How long nothing new may come in, once something has, before a fill is given up. */
const STANDSTILL_SECONDS = 120;

/**
 * Watches how a catalog fills.
 *
 * @param backend - just started, on an empty database
 * @param limitSeconds - ends the watch
 */
export async function firstFill(
  backend: BackendProcess,
  bitbucket: Bitbucket,
  catalog: Pick<Catalog, 'components'>,
  limitSeconds: number,
): Promise<Fill> {
  const expected = bitbucket.components.length;
  let components = 0;
  let grewAt = performance.now();
  await until(
    async () => {
      const now = await catalog.components();
      if (now !== components) {
        components = now;
        grewAt = performance.now();
      }
      const stands =
        components > 0 && secondsSince(grewAt) > STANDSTILL_SECONDS;
      return components >= expected || stands;
    },
    { limitMs: limitSeconds * 1000, everyMs: LOOK_EVERY_MS },
  );
  const seconds = secondsSince(backend.loadedAt);
  const { cpuSeconds } = await backend.usage();
  const requests = bitbucket.since(0);
  return {
    complete: components >= expected,
    components,
    expected,
    seconds,
    cpuSeconds,
    requests: requests.length,
    byPurpose: countPurposes(requests),
    refused: requests.filter(({ status }) => status === 429).length,
  };
}

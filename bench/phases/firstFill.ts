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
  /** Whenever it grew, in order of time. */
  growth: { seconds: number; components: number }[];
};

const LOOK_EVERY_MS = 250;

export type Watch = {
  /** Ends it in any case. */
  limitSeconds: number;
  /** How long nothing new may come in, once something has, before a fill is given up. */
  standstillSeconds: number;
};

/**
 * Watches how a catalog fills.
 *
 * @param backend - just started, on an empty database
 */
export async function firstFill(
  backend: BackendProcess,
  bitbucket: Bitbucket,
  catalog: Pick<Catalog, 'components'>,
  { limitSeconds, standstillSeconds }: Watch,
): Promise<Fill> {
  const expected = bitbucket.components.length;
  let components = 0;
  const growth: Fill['growth'] = [];
  await until(
    async () => {
      const now = await catalog.components();
      if (now !== components) {
        components = now;
        growth.push({ seconds: secondsSince(backend.loadedAt), components });
      }
      const grew = growth.at(-1)?.seconds ?? Infinity;
      const stands = secondsSince(backend.loadedAt) - grew > standstillSeconds;
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
    growth,
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { Intervals, ModuleName } from '../backend';
import { Bitbucket, countPurposes } from '../bitbucket';
import { Catalog } from '../catalog';
import { until } from '../wait';
import { Fill } from './firstFill';
import { IdleCost, scaleToHour, ScarceWalk } from './scaleToHour';

/** Seconds, by default. */
const DEFAULTS: Intervals = { walk: 120, processing: 100 };

/** How many times shorter walks are apart, and re-reads at most. */
const SHORTENED = 10;

/** Of a catalog on two cores; a catalog that cannot keep up would re-read less. */
const ENTITIES_PER_SECOND = 200;

/** Four walks. */
const WINDOW_SECONDS = 48;
const WARM_UP_LIMIT_MS = 300_000;

/** The intervals for a catalog of so many entities. */
export function idleIntervals(entities: number): Intervals {
  // The catalog spreads re-reads over one interval to one and a half.
  const seconds = entities / ENTITIES_PER_SECOND / 1.25;
  const shortened = DEFAULTS.processing / SHORTENED;
  return {
    walk: DEFAULTS.walk / SHORTENED,
    processing: Math.ceil(
      Math.min(Math.max(seconds, shortened), DEFAULTS.processing),
    ),
  };
}

/** How many times shorter re-reads are apart than by default. */
export const processingScale = ({ processing }: Intervals) =>
  DEFAULTS.processing / processing;

/**
 * Counts the requests while nothing changes.
 *
 * @param intervals - those of the backend, which was just started, on a
 * database where everything is due
 * @param due - what {@link Catalog.makeDue} said
 * @param fill - the first fill, which shows what a whole walk costs
 */
export async function idleHour(
  module: ModuleName,
  bitbucket: Bitbucket,
  catalog: Catalog,
  { intervals, due, fill }: { intervals: Intervals; due: string; fill: Fill },
): Promise<IdleCost> {
  await until(async () => (await catalog.dueSince(due)) === 0, {
    limitMs: WARM_UP_LIMIT_MS,
    everyMs: 250,
  });
  await sleep(intervals.processing * 1000);
  if (module === 'ours') {
    await betweenWalks(bitbucket, intervals);
  }
  const mark = bitbucket.requests;
  await sleep(WINDOW_SECONDS * 1000);
  return scaleToHour({
    counts: countPurposes(bitbucket.since(mark)),
    windowSeconds: WINDOW_SECONDS,
    intervals,
    defaults: DEFAULTS,
    scarce: scarceWalk(module, fill),
  });
}

/** Waits for half of the time from one walk to the next, so that as many fall into the window as there are intervals in it. */
async function betweenWalks(
  bitbucket: Bitbucket,
  { walk }: Intervals,
): Promise<void> {
  const mark = bitbucket.requests;
  const walks = async () => {
    const { file, ...others } = countPurposes(bitbucket.since(mark));
    return Object.values(others).some(count => count > 0);
  };
  await until(walks, { limitMs: walk * 3000, everyMs: 50 });
  await sleep(walk * 500);
}

/** The walk that an hour has few of: all repositories, or all that the stock module asks for. */
function scarceWalk(module: ModuleName, { byPurpose }: Fill): ScarceWalk {
  const { listing, head, search } = byPurpose;
  if (module === 'stock') {
    return {
      what: search > 0 ? 'code search' : 'lists and default branches',
      requests: search > 0 ? search : listing + head,
      perHour: 2,
    };
  }
  return {
    what: 'full listing',
    requests: listing,
    // Every hour, and at most 30 requests an hour.
    perHour: Math.min(1, 30 / listing),
  };
}

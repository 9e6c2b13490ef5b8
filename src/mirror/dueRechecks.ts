const HOUR_MS = 3_600_000;

/**
 * What is re-checked, and how often:
 *
 * - `negatives`: what says that something does not exist, all of it within a day
 * - `heads`: of branches, one time each after a repository was updated, since a
 *   response may be older than the push; as many as all heads would be within a day
 * - `positives`: what says that something exists, which is wrong less often and does
 *   less harm
 */
export const RECHECK_EVERY_MS = {
  negatives: 22 * HOUR_MS,
  heads: 22 * HOUR_MS,
  positives: 30 * 24 * HOUR_MS,
};

export type RecheckGroup = keyof typeof RECHECK_EVERY_MS;

/** Per walk, however long ago the last one was. */
const MOST_AT_ONCE = 50;

/**
 * How many of some cached results to re-check now, so that all of them have their
 * turn within a period, evenly: a walk of an unchanged workspace stays cheap.
 *
 * @param last - when re-checks were last counted; undefined before the first time
 * @returns as of when the next ones are to be counted as well
 */
export function dueRechecks(
  total: number,
  everyMs: number,
  last: number | undefined,
  now: number,
): { count: number; at: number } {
  if (last === undefined || last > now || total === 0) {
    return { count: 0, at: now };
  }
  const count = Math.floor((total * (now - last)) / everyMs);
  return count > MOST_AT_ONCE
    ? { count: MOST_AT_ONCE, at: now }
    : { count, at: last + (count * everyMs) / total };
}

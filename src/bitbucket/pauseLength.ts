import { RATE_LIMIT_WINDOW_MS } from './limits';

/** The pause after a 429 that names no time, if it is the first in a while. */
const FIRST_PAUSE_MS = 60_000;

/** The pause after a 429 that names a time, at least. */
const SHORTEST_PAUSE_MS = 1_000;

/** Time without a 429 after which half of a pause is forgotten. */
const HALF_LIFE_MS = 600_000;

/** A pause that is over. */
export type Pause = { length: number; until: number };

/**
 * How long to pause after a 429, in milliseconds: as long as Bitbucket asks, or
 * else a minute, and twice as long as the last time, up to an hour.
 *
 * The last time is not forgotten with the first good answer but bit by bit: a
 * limit that others use up lets a request through now and then, and still there
 * shall be no more than a handful of 429s in an hour.
 *
 * @param asked - what Bitbucket asks for, if it does
 * @param last - the last pause after a 429; with a length of 0 if there was none
 */
export function pauseLength(
  asked: number | undefined,
  last: Pause,
  now: number,
): number {
  const quiet = Math.max(0, now - last.until);
  const remembered = last.length * 2 ** (-quiet / HALF_LIFE_MS);
  return Math.min(
    RATE_LIMIT_WINDOW_MS,
    Math.max(
      asked ?? FIRST_PAUSE_MS,
      SHORTEST_PAUSE_MS,
      Math.round(2 * remembered),
    ),
  );
}

import { Spent } from './allowance';
import { CostClass, RATE_LIMIT_WINDOW_MS } from './limits';

const MINUTE_MS = 60_000;

/** Requests that were sent within one minute. */
export type MinuteCount = {
  costClass: CostClass;
  /** Whole minutes since the epoch. */
  minute: number;
  requests: number;
  /** Of those, what is known to have been for which purpose. */
  byPurpose?: Spent;
  /** The limit that Bitbucket named last, if it named one. */
  limit?: number;
};

/** The minute that a time, in milliseconds since the epoch, lies in. */
export function minuteOf(time: number): number {
  return Math.floor(time / MINUTE_MS);
}

/** The oldest minute whose requests still count. */
export function oldestMinute(now: number): number {
  return minuteOf(now - RATE_LIMIT_WINDOW_MS);
}

/**
 * Whether the requests of a minute count. Those of a minute to come do not: they
 * were sent before the clock was set back, or by a process whose clock is ahead.
 */
export function countsAt(minute: number, now: number): boolean {
  return minute <= minuteOf(now) + 1 && comesBackAt(minute) > now;
}

/**
 * When the requests of a minute come back: an hour after its end, and so, for
 * most of them, a little late. The count is never too low.
 */
export function comesBackAt(minute: number): number {
  return (minute + 1) * MINUTE_MS + RATE_LIMIT_WINDOW_MS;
}

import { RATE_LIMIT_WINDOW_MS } from './retry';

/**
 * How fast requests may be sent to a host that has a limit per second and does not say
 * which.
 */
export type Rate = {
  /** Requests a second; `Infinity` while the host refuses none. */
  perSecond: number;
  /** When it was last lowered or raised, in milliseconds since the epoch. */
  since: number;
  /** Time without a refusal, in milliseconds, after which it is raised. */
  quietMs: number;
};

/**
 * The rate after a first refusal: what Bitbucket Data Center's limit gives back by
 * default, after 60 requests at once.
 * https://confluence.atlassian.com/bitbucketserver086/improving-instance-stability-with-rate-limiting-1188783544.html
 */
const FIRST_RATE = 5;

/** The lowest rate: whatever the host refuses, something is sent. */
const LOWEST_RATE = 0.5;

/** Above this rate, the host is taken to have no limit. */
const HIGHEST_RATE = 40;

const FIRST_QUIET_MS = 60_000;
const LONGEST_QUIET_MS = 960_000;

/** Before the first refusal. */
export const UNLIMITED: Rate = {
  perSecond: Infinity,
  since: -Infinity,
  quietMs: FIRST_QUIET_MS,
};

/**
 * The rate after a refusal: 5 a second, or half of what it was. The sooner it comes
 * after the last one, the longer it takes until the rate is raised again.
 */
export function lowered(rate: Rate, now: number): Rate {
  const isRecent = now - rate.since < RATE_LIMIT_WINDOW_MS;
  return {
    perSecond: Number.isFinite(rate.perSecond)
      ? Math.max(LOWEST_RATE, Math.min(rate.perSecond / 2, FIRST_RATE))
      : FIRST_RATE,
    since: now,
    quietMs: isRecent
      ? Math.min(rate.quietMs * 2, LONGEST_QUIET_MS)
      : FIRST_QUIET_MS,
  };
}

/** The rate after some time without a refusal: doubled step by step, at last unlimited. */
export function raised(rate: Rate, now: number): Rate {
  let { perSecond, since } = rate;
  if (since > now) {
    // The clock was set back.
    since = now;
  }
  while (Number.isFinite(perSecond) && now - since >= rate.quietMs) {
    perSecond = perSecond * 2 > HIGHEST_RATE ? Infinity : perSecond * 2;
    since += rate.quietMs;
  }
  return { ...rate, perSecond, since };
}

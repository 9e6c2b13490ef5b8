import { Headers } from 'node-fetch';
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

/** Likewise, where the host says what it grants. */
const LOWEST_GRANTED = 0.1;

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
 * How many requests a second a refusal says are granted. Bitbucket Data Center is not
 * documented to say it; the limiter of Atlassian's other products, which comes with 11.0,
 * does: so many tokens each time that an interval is over.
 *
 * https://developer.atlassian.com/server/framework/atlassian-sdk/rate-limit-rest-endpoints
 *
 * @returns undefined where it does not say so, or no number that makes sense
 */
export function readGrantedRate(headers: Headers): number | undefined {
  const tokens = Number(headers.get('X-RateLimit-FillRate') ?? NaN);
  const seconds = Number(headers.get('X-RateLimit-Interval-Seconds') ?? NaN);
  const perSecond = tokens / seconds;
  return tokens > 0 && seconds > 0 && Number.isFinite(perSecond)
    ? Math.min(Math.max(perSecond, LOWEST_GRANTED), HIGHEST_RATE)
    : undefined;
}

/**
 * The rate after a refusal: 5 a second or what is granted, or half of what it was. The
 * sooner it comes after the last one, the longer it takes until the rate is raised again.
 */
export function lowered(rate: Rate, now: number, granted = FIRST_RATE): Rate {
  const isRecent = now - rate.since < RATE_LIMIT_WINDOW_MS;
  const lowest = Math.min(LOWEST_RATE, granted);
  return {
    perSecond: Number.isFinite(rate.perSecond)
      ? Math.max(lowest, Math.min(rate.perSecond / 2, granted))
      : granted,
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

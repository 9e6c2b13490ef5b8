import { LoggerService } from '@backstage/backend-plugin-api';
import { Headers } from 'node-fetch';
import { setTimeout as delay } from 'node:timers/promises';
import {
  BitbucketError,
  isRateLimitedError,
  isUnavailableError,
} from '../scm/errors';
import { MalformedBodyError } from './responseBody';

/** Time limits and waits, in milliseconds, and the clock they go by. */
export type Timing = {
  /**
   * How long one attempt may take, headers and body together. Default 45 s: more
   * than the 30 s after which Bitbucket gives up by itself, so that its answer
   * says why.
   */
  attemptTimeoutMs: number;
  /** How often a request is sent before its failure is the caller's. Default 4. */
  maxAttempts: number;
  /** The wait before the first retry; it doubles with each further one. Default 0.5 s. */
  baseDelayMs: number;
  /** The longest wait between two attempts that Bitbucket did not ask for. Default 30 s. */
  maxDelayMs: number;
  /**
   * The longest wait that Bitbucket may ask for. What exceeds it fails with a
   * `RateLimitedError`. Default 60 s.
   */
  maxRetryAfterMs: number;
  /** Milliseconds since the epoch. */
  now(): number;
  /** From 0 up to, not including, 1. */
  random(): number;
  /** Resolves after a while, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

export const DEFAULT_TIMING: Timing = {
  attemptTimeoutMs: 45_000,
  maxAttempts: 4,
  baseDelayMs: 500,
  maxDelayMs: 30_000,
  maxRetryAfterMs: 60_000,
  now: Date.now,
  random: Math.random,
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};

/** Hosts count requests in a rolling hour, so that nothing takes longer to come back. */
export const RATE_LIMIT_WINDOW_MS = 3_600_000;

/** The highest limit to believe in: ten times what Bitbucket Cloud grants at most. */
const MAX_REQUESTS_PER_HOUR = 100_000;

/**
 * Statuses after which a second try may succeed. Not among them: 555, with which
 * Bitbucket gives up on a listing that is too large, and any 4xx but 429.
 */
const TRANSIENT_STATUSES = [500, 502, 503, 504];

/**
 * Attempts something until it succeeds, fails for good or has been attempted
 * often enough. Tried again are network faults, transient statuses, bodies that
 * are cut short or not JSON, and 429 unless its end is too far away.
 *
 * Between attempts the wait doubles, with jitter, and lasts at least until the
 * time that a RateLimitedError names.
 */
export async function retry<T>(
  attempt: () => Promise<T>,
  options: { timing: Timing; logger: LoggerService; signal?: AbortSignal },
): Promise<T> {
  const { timing, logger, signal } = options;
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (attempts >= timing.maxAttempts || !isTransient(error, timing)) {
        throw error;
      }
      const ms = Math.max(
        backoff(attempts, timing),
        isRateLimitedError(error) ? error.retryAt.getTime() - timing.now() : 0,
      );
      logger.debug(`${error.message}; trying again in ${ms} ms`);
      await timing.sleep(ms, signal);
    }
  }
}

/**
 * The wait after so many failures in a row, in milliseconds: doubling, at most
 * `maxDelayMs`, and between half and all of that, so that clients which failed
 * together do not return together.
 */
export function backoff(failures: number, timing: Timing): number {
  const ceiling = Math.min(
    timing.maxDelayMs,
    timing.baseDelayMs * 2 ** (failures - 1),
  );
  return Math.round(ceiling * (0.5 + timing.random() / 2));
}

function isTransient(error: unknown, timing: Timing): error is BitbucketError {
  if (isUnavailableError(error)) {
    return (
      error.status === undefined || TRANSIENT_STATUSES.includes(error.status)
    );
  }
  if (isRateLimitedError(error)) {
    return error.retryAt.getTime() - timing.now() <= timing.maxRetryAfterMs;
  }
  return error instanceof MalformedBodyError;
}

/**
 * How long Bitbucket asks to be left alone, in milliseconds, or undefined when
 * it does not say.
 *
 * - `Retry-After` is a number of seconds or an HTTP date
 *   (https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3). A date is taken
 *   relative to the answer's own `Date`, so that a wrong clock here does no harm;
 *   one in the past means now.
 * - What is neither, a negative number included, is read as if it were not there.
 * - `X-RateLimit-Reset`, in seconds, is used where `Retry-After` is missing, but
 *   only for a 429: it comes with successful answers too. Should it exceed the
 *   rolling hour it counts within, it is not a number of seconds and is left alone.
 * - More than an hour is read as an hour: nothing that Bitbucket counts lasts
 *   longer, and a gateway's mistake must not stop us for a day.
 *   https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits/
 */
export function readRetryAfter(
  response: { status: number; headers: Headers },
  now: number,
): number | undefined {
  const { status, headers } = response;
  const asked = parseRetryAfter(
    headers.get('Retry-After'),
    parseDate(headers.get('Date')) ?? now,
  );
  if (asked !== undefined) {
    return Math.min(asked, RATE_LIMIT_WINDOW_MS);
  }
  const reset = parseSeconds(headers.get('X-RateLimit-Reset'));
  return status === 429 && reset !== undefined && reset <= RATE_LIMIT_WINDOW_MS
    ? reset
    : undefined;
}

function parseRetryAfter(
  value: string | null,
  serverTime: number,
): number | undefined {
  const seconds = parseSeconds(value);
  if (seconds !== undefined) {
    return seconds;
  }
  const date = parseDate(value);
  return date === undefined ? undefined : Math.max(0, date - serverTime);
}

function parseSeconds(value: string | null): number | undefined {
  return value && /^\s*\d+(\.\d+)?\s*$/.test(value)
    ? Number(value) * 1000
    : undefined;
}

// `Date.parse` makes a date of almost anything ("-5" is a day in May), an HTTP
// date always names its zone.
function parseDate(value: string | null): number | undefined {
  const time = value?.trim().endsWith('GMT') ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** The pause after a 429 that names no time, if it is the first in a while. */
const FIRST_PAUSE_MS = 60_000;

/** The pause after a 429 that names a time, at least. */
const SHORTEST_PAUSE_MS = 1_000;

/** Time without a 429 after which half of a pause is forgotten. */
const HALF_LIFE_MS = 600_000;

/** A pause that is over. */
type Pause = { length: number; until: number };

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

/** What an answer says about the limit that its request counted against. */
export type RateLimitHeaders = {
  /** Requests in a rolling hour. */
  limit?: number;
  /** Of those, how many are left to everybody who shares the credential. */
  remaining?: number;
  /** Bitbucket's name of what it counts. */
  resource?: string;
  /** Milliseconds until there are more. */
  resetMs?: number;
};

/**
 * Reads `X-RateLimit-*`, all of which may be missing.
 *
 * - `-Limit` is the first whole number, 1 to 100,000; "1000, 1000;w=3600" has
 *   been seen. With a window other than an hour it is the limit of something
 *   else, and none of the headers is used.
 * - `-Remaining` is a whole number, 0 to 100,000.
 * - The time until there are more is that of `Retry-After`, or else `-Reset`.
 * - What is anything else is read as if it were not there.
 *
 * https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits/
 */
export function readRateLimitHeaders(
  headers: Headers,
  now: number,
): RateLimitHeaders {
  const limit = headers.get('X-RateLimit-Limit') ?? '';
  const window = /;\s*w=(\d+)/.exec(limit)?.[1];
  if (window !== undefined && Number(window) * 1000 !== RATE_LIMIT_WINDOW_MS) {
    return {};
  }
  return {
    limit: parseCount(limit.split(/[,;]/)[0], 1),
    remaining: parseCount(headers.get('X-RateLimit-Remaining') ?? '', 0),
    resource: headers.get('X-RateLimit-Resource')?.trim() || undefined,
    resetMs: readRetryAfter({ status: 429, headers }, now),
  };
}

function parseCount(text: string, least: number): number | undefined {
  const count = /^\s*\d+\s*$/.test(text) ? Number(text) : NaN;
  return count >= least && count <= MAX_REQUESTS_PER_HOUR ? count : undefined;
}

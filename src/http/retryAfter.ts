import { Headers } from 'node-fetch';
import { MAX_REQUESTS_PER_HOUR, RATE_LIMIT_WINDOW_MS } from './timing';

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

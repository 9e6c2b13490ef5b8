import { Headers } from 'node-fetch';
import { RATE_LIMIT_WINDOW_MS } from './limits';

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
 *   rolling hour it counts within, it is no number of seconds and is left alone.
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

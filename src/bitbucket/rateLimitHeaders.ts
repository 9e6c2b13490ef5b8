import { Headers } from 'node-fetch';
import { MAX_REQUESTS_PER_HOUR, RATE_LIMIT_WINDOW_MS } from './limits';
import { readRetryAfter } from './retryAfter';

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

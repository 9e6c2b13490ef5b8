import { setTimeout as delay } from 'node:timers/promises';

/** Time limits and waits, in milliseconds, and the clock they go by. */
export type Timing = {
  /**
   * How long one attempt may take, headers and body together. Default 45 s: more
   * than the 30 s after which Bitbucket gives up by itself, so that its answer
   * tells why.
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

/* Limits of requests and responses, whichever host they are sent to. */

/** Hosts count requests in a rolling hour, so that nothing takes longer to come back. */
export const RATE_LIMIT_WINDOW_MS = 3_600_000;

/** The highest limit to believe in: ten times what Bitbucket Cloud grants at most. */
export const MAX_REQUESTS_PER_HOUR = 100_000;

/**
 * Pages of one list before it is taken for endless: 200,000 rows if they are
 * full.
 */
export const MAX_PAGES = 2_000;

/** Redirects to follow for one request. A renamed repository needs one. */
export const MAX_REDIRECTS = 5;

/** How much of the page of an error is read, in bytes: its message comes first. */
export const MAX_ERROR_BYTES = 4 * 1024;

/**
 * The largest body to read into memory, where a request sets no limit of its
 * own. A full page of anything is far smaller.
 */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

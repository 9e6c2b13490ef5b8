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

import { Timing } from '../../src/http/retry';

/** A clock that stands still but for waits, which are over at once. */
export type FakeTiming = Timing & {
  /** The waits so far, in milliseconds. */
  readonly waits: number[];
  advance(ms: number): void;
};

/** Waits are at their longest (`random` is always just below 1). */
export function fakeTiming(overrides: Partial<Timing> = {}): FakeTiming {
  const waits: number[] = [];
  let time = Date.parse('2026-11-22T12:00:00Z');
  return {
    attemptTimeoutMs: 5_000,
    maxAttempts: 4,
    baseDelayMs: 500,
    maxDelayMs: 30_000,
    maxRetryAfterMs: 60_000,
    now: () => time,
    random: () => 0.999_999,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      waits.push(ms);
      time += ms;
    },
    waits,
    advance(ms) {
      time += ms;
    },
    ...overrides,
  };
}

import { LoggerService } from '@backstage/backend-plugin-api';
import {
  BitbucketError,
  isRateLimitedError,
  isUnavailableError,
} from '../scm/errors';
import { MalformedBodyError } from './responseBody';
import { Timing } from './timing';

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

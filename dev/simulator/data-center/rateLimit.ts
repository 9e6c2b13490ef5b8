import type { Viewer } from './accounts';
import { rateLimited } from './errors';

export type BucketSettings = {
  /** Tokens that it holds at most, and at first. Default 60. */
  capacity?: number;
  /** Tokens that come back each second. Default 5. */
  fillRate?: number;
};

export type RateLimitOptions = BucketSettings & {
  /**
   * Whether a 429 says with `Retry-After` when there is a token again. It is
   * not documented for Bitbucket. Default false.
   */
  retryAfter?: boolean;
};

/**
 * A bucket of tokens for each user, one for a request with a credential.
 *
 * @see https://confluence.atlassian.com/bitbucketserver086/improving-instance-stability-with-rate-limiting-1188783544.html
 */
export class RateLimiter {
  private readonly buckets = new Map<string, { tokens: number; at: number }>();

  constructor(
    private readonly options: RateLimitOptions,
    private readonly now: () => number,
  ) {}

  /** @throws ApiError (429) when there is no token left */
  take(viewer: Viewer): void {
    if (viewer.isAnonymous || viewer.rateLimit === 'exempt') {
      return;
    }
    const { capacity = 60, fillRate = 5 } = {
      ...this.options,
      ...viewer.rateLimit,
    };
    const now = this.now();
    const last = this.buckets.get(viewer.name) ?? { tokens: capacity, at: now };
    const tokens = Math.min(
      capacity,
      last.tokens + ((now - last.at) / 1000) * fillRate,
    );
    if (tokens < 1) {
      this.buckets.set(viewer.name, { tokens, at: now });
      const seconds = Math.ceil((1 - tokens) / fillRate);
      throw rateLimited(
        this.options.retryAfter ? { 'Retry-After': String(seconds) } : {},
      );
    }
    this.buckets.set(viewer.name, { tokens: tokens - 1, at: now });
  }
}

import { Viewer } from './accounts';
import { LimitedResource } from './endpoints';
import { PlainError } from './errors';

export type RateLimitHeader =
  | 'X-RateLimit-Limit'
  | 'X-RateLimit-Resource'
  | 'X-RateLimit-NearLimit'
  | 'X-RateLimit-Remaining'
  | 'X-RateLimit-Reset'
  | 'Retry-After';

export type RateLimitOptions = {
  /**
   * Requests in a rolling hour per credential. Defaults are Bitbucket's:
   * repositories 1,000, raw files 5,000, archives 5,000, webhooks 1,000, and
   * anonymously 60 for everything.
   */
  requests?: Partial<Record<LimitedResource | 'anonymous', number>>;
  /** What files read through `/src` count as. Default `repositories`. */
  sourceCountsAs?: 'repositories' | 'rawFiles';
  /** Which headers are sent, `Retry-After` with a 429 only. Default: none. */
  headers?: RateLimitHeader[];
};

/** @see https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits/ */
const REQUESTS_PER_HOUR: Record<LimitedResource | 'anonymous', number> = {
  repositories: 1_000,
  rawFiles: 5_000,
  archives: 5_000,
  webhooks: 1_000,
  anonymous: 60,
};

const HOUR = 3_600_000;
const NEAR = 0.2;

/** Counts requests in a rolling hour, for each credential and resource. */
export class RateLimiter {
  /** Times of the requests of the last hour, oldest first. */
  private readonly windows = new Map<string, number[]>();

  constructor(
    readonly options: RateLimitOptions,
    private readonly now: () => number,
  ) {}

  /**
   * Counts a request.
   *
   * @returns headers for its answer
   * @throws PlainError (429) when the hour is used up; that request is not counted
   */
  take(viewer: Viewer, resource: LimitedResource): Record<string, string> {
    const counted = viewer.isAnonymous ? 'anonymous' : resource;
    const limit = this.limitOf(viewer, counted);
    const used = this.window(`${viewer.name} ${counted}`);
    if (used.length >= limit) {
      throw new PlainError(
        429,
        'Rate limit for this resource has been exceeded',
        this.headers(counted, limit, used, true),
      );
    }
    used.push(this.now());
    return this.headers(counted, limit, used, false);
  }

  private limitOf(
    viewer: Viewer,
    counted: LimitedResource | 'anonymous',
  ): number {
    if (counted === 'repositories' && viewer.requestsPerHour !== undefined) {
      return viewer.requestsPerHour;
    }
    return this.options.requests?.[counted] ?? REQUESTS_PER_HOUR[counted];
  }

  private window(key: string): number[] {
    const used = this.windows.get(key) ?? [];
    const start = this.now() - HOUR;
    const expired = used.findIndex(time => time > start);
    used.splice(0, expired === -1 ? used.length : expired);
    this.windows.set(key, used);
    return used;
  }

  private headers(
    resource: string,
    limit: number,
    used: number[],
    exceeded: boolean,
  ): Record<string, string> {
    const remaining = Math.max(limit - used.length, 0);
    const seconds = Math.ceil(
      ((used[0] ?? this.now()) + HOUR - this.now()) / 1000,
    );
    const all: Record<RateLimitHeader, string> = {
      'X-RateLimit-Limit': String(limit),
      'X-RateLimit-Resource': resource,
      'X-RateLimit-NearLimit': String(remaining < limit * NEAR),
      'X-RateLimit-Remaining': String(remaining),
      'X-RateLimit-Reset': String(seconds),
      'Retry-After': String(seconds),
    };
    const sent = (this.options.headers ?? []).filter(
      name => name !== 'Retry-After' || exceeded,
    );
    return Object.fromEntries(sent.map(name => [name, all[name]]));
  }
}

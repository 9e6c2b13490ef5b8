import { RecentMap } from '../lib/sharing';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How many URLs are remembered. */
const MOST_READERS = 2_000;

/** Without a credential, Bitbucket grants 60 requests an hour. */
const ANONYMOUS_SHARE = 1 / 5;

/**
 * Who reads a URL that leads nowhere:
 *
 * - `person`: the catalog does not have the URL, so somebody has just entered it
 * - `reference`: a file that another one names, such as the target of `$text`
 * - `location`: the catalog has the URL, and reading it did not fail before
 * - `brokenLocation`: the catalog reads it over and over, in vain
 */
export type MissKind = 'person' | 'reference' | 'location' | 'brokenLocation';

/** How often Bitbucket is asked again, of one URL and of all of a kind. */
type MissLimit = {
  /** So many times in a row without a wait. */
  free: number;
  /** The wait that follows; it doubles each time. */
  waitMs: number;
  maxWaitMs: number;
  /** Of all URLs of a kind: at once, and in an hour. */
  burst: number;
  perHour: number;
};

export const MISS_LIMITS: Readonly<Record<MissKind, MissLimit>> = {
  person: {
    free: 10,
    waitMs: MINUTE_MS,
    maxWaitMs: 10 * MINUTE_MS,
    burst: 20,
    perHour: 60,
  },
  reference: {
    free: 3,
    waitMs: 15 * MINUTE_MS,
    maxWaitMs: DAY_MS,
    burst: 10,
    perHour: 20,
  },
  location: {
    free: 1,
    waitMs: 15 * MINUTE_MS,
    maxWaitMs: DAY_MS,
    burst: 20,
    perHour: 20,
  },
  brokenLocation: {
    free: 1,
    waitMs: 15 * MINUTE_MS,
    maxWaitMs: DAY_MS,
    burst: 4,
    perHour: 4,
  },
};

/** How often Bitbucket was asked again about a URL, and when it was last. */
export type Asked = { count: number; at: number };

/** What is left of a kind's requests, at a time. */
type Left = { tokens: number; at: number };

/** How long after the last time Bitbucket may be asked about a URL again. */
export function waitAfter(
  { free, waitMs, maxWaitMs }: MissLimit,
  count: number,
): number {
  return count < free ? 0 : Math.min(waitMs * 2 ** (count - free), maxWaitMs);
}

/** Whether a URL's own interval allows another request. */
export function isDue(
  limit: MissLimit,
  asked: Asked | undefined,
  now: number,
): boolean {
  // A time to come was noted before the clock was set back.
  return !asked || Math.abs(now - asked.at) >= waitAfter(limit, asked.count);
}

/** After twice the longest wait, a URL counts as new. */
export function countAgain(
  { maxWaitMs }: MissLimit,
  asked: Asked | undefined,
  now: number,
): Asked {
  const isRecent = asked && Math.abs(now - asked.at) < 2 * maxWaitMs;
  return { count: isRecent ? asked.count + 1 : 1, at: now };
}

/** What is left of a kind's requests by now. */
export function refill(
  { burst, perHour }: MissLimit,
  left: Left | undefined,
  now: number,
): Left {
  const { tokens, at } = left ?? { tokens: burst, at: now };
  const earned = (perHour * Math.max(0, now - at)) / HOUR_MS;
  return { tokens: Math.min(burst, tokens + earned), at: now };
}

/**
 * Decides whether Bitbucket is asked once more before somebody is answered that
 * there is no such file, branch or repository. A person is, always within reason;
 * the catalog, which reads each broken location every two minutes, is rarely.
 */
export class MissAllowance {
  readonly #now: () => number;
  readonly #share: number;
  readonly #asked = new RecentMap<string, Asked>(MOST_READERS);
  readonly #left = new Map<MissKind, Left>();

  constructor(options: { isAnonymous: boolean; now: () => number }) {
    this.#now = options.now;
    this.#share = options.isAnonymous ? ANONYMOUS_SHARE : 1;
  }

  /** Takes one request, if there is one for the URL. */
  take(kind: MissKind, url: string): boolean {
    const now = this.#now();
    const limit = this.#limit(kind);
    const key = `${kind} ${url}`;
    const asked = this.#asked.get(key);
    const left = refill(limit, this.#left.get(kind), now);
    if (!isDue(limit, asked, now) || left.tokens < 1) {
      return false;
    }
    this.#left.set(kind, { ...left, tokens: left.tokens - 1 });
    this.#asked.set(key, countAgain(limit, asked, now));
    return true;
  }

  /** A URL that was read after all counts as new when it fails again. */
  found(kind: MissKind, url: string): void {
    this.#asked.delete(`${kind} ${url}`);
  }

  #limit(kind: MissKind): MissLimit {
    const { burst, perHour, ...limit } = MISS_LIMITS[kind];
    const share = this.#share;
    return {
      ...limit,
      burst: Math.max(1, burst * share),
      perHour: perHour * share,
    };
  }
}

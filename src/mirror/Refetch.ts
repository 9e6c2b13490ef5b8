import { CatalogTables } from '../catalog-tables/CatalogTables';
import {
  CatalogRead,
  hasEntitiesOf,
  readCatalogRead,
} from '../catalog-tables/processing';
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

/** For so long after an analysis of a URL, who reads it is a person. */
const ENTERED_MS = 30_000;

const MOST_MISSES = 500;

/** What of an answer may be out of date, since it is what the index has: that and all below it. */
export type Stale = 'repository' | 'ref' | 'file';

/** Something that was found, or why not. */
export type Lookup<T> =
  | { found: T }
  | {
      /** What to ask Bitbucket for again; absent where all of it was asked for just now. */
      stale?: Stale;
      /** What comes of it if there is nothing indeed. Most throw an error that says so. */
      otherwise: () => Promise<T>;
    };

/** How a URL is read. */
type Reading = {
  /** As it is written. */
  url: string;
  /** The same for every way to write it. */
  place: string;
  /** Whether it is what placeholders such as `$text` are read by. */
  isReference?: boolean;
};

/** Who reads a URL, by what the catalog has of it. */
export function missKind(
  read: CatalogRead,
  { isReference = false, isEntered = false },
): MissKind {
  if (isEntered) {
    return 'person';
  }
  switch (read) {
    case 'unknown':
      return isReference ? 'reference' : 'person';
    case 'working':
      return 'location';
    case 'failing':
      return 'brokenLocation';
  }
}

/**
 * Looks things up so that no read ends with "not found" because of what the
 * index remembers: before that, Bitbucket is asked once more, within the
 * {@link MissAllowance}.
 */
export class Refetch {
  readonly #allowance: MissAllowance;
  readonly #catalog: CatalogTables;
  readonly #now: () => number;
  readonly #entered = new RecentMap<string, number>(MOST_MISSES);

  constructor(options: {
    catalog: CatalogTables;
    isAnonymous: boolean;
    now: () => number;
  }) {
    this.#allowance = new MissAllowance(options);
    this.#catalog = options.catalog;
    this.#now = options.now;
  }

  /** Notes that a person has entered a URL, be it that the catalog has it. */
  noteEntered(place: string): void {
    this.#entered.set(place, this.#now());
  }

  /**
   * @param attempt - looks it up; with what to ask Bitbucket for again, the second time
   */
  async lookUp<T>(
    reading: Reading,
    attempt: (stale: Stale | undefined) => Promise<Lookup<T>>,
  ): Promise<T> {
    const first = await attempt(undefined);
    if ('found' in first) {
      return first.found;
    }
    if (first.stale === undefined) {
      return first.otherwise();
    }
    const kind = await this.#kindOf(reading);
    if (!this.#allowance.take(kind, reading.place)) {
      return first.otherwise();
    }
    const second = await attempt(first.stale);
    if ('found' in second) {
      this.#allowance.found(kind, reading.place);
      return second.found;
    }
    return second.otherwise();
  }

  /** Whether the catalog has entities of a file under its URL as it is written. */
  async hasEntitiesOf(url: string): Promise<boolean> {
    try {
      return await hasEntitiesOf(this.#catalog, url);
    } catch {
      return false;
    }
  }

  async #kindOf({ url, place, isReference }: Reading): Promise<MissKind> {
    const enteredAt = this.#entered.get(place) ?? -Infinity;
    const isEntered = Math.abs(this.#now() - enteredAt) < ENTERED_MS;
    const read = isEntered ? 'unknown' : await this.#catalogRead(url);
    return missKind(read, { isReference, isEntered });
  }

  async #catalogRead(url: string): Promise<CatalogRead> {
    try {
      return await readCatalogRead(this.#catalog, url);
    } catch {
      // Where the database cannot be read, the interval of the URL is what bounds
      // its requests.
      return 'unknown';
    }
  }
}

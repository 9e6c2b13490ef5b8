import { CatalogTables } from '../catalog-tables/CatalogTables';
import {
  CatalogRead,
  hasEntitiesOf,
  readCatalogRead,
} from '../catalog-tables/processing';
import { RecentMap } from '../lib/sharing';
import { MissAllowance, MissKind } from './MissAllowance';

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

import { Knex } from 'knex';
import { batches, rowsByKey, batchWrites } from '../lib/batching';
import { ScmUrls } from '../scm/urls';
import { CatalogTables } from '../catalog-tables/CatalogTables';
import { readKeysAfter, refreshKeyOf } from '../catalog-tables/refreshKeys';

export const URLS = 'bitbucket__urls';

/** A URL that the catalog reads. */
type ReadUrl = {
  url: string;
  /** What the catalog calls it in its table of refresh keys. */
  key: string;
};

type UrlRow = ReadUrl & {
  /** `workspace/repository` in lower case, as it is written in the URL. */
  full_name: string;
  /** When it was last read, to the day. Milliseconds since the epoch. */
  read_at: number;
  /** When it could not be read, since no request could be sent. */
  refused_at?: number | null;
};

/** SQLite takes its time for long statements, and does nothing else meanwhile. */
const ROWS_AT_ONCE = 100;

const DAY_MS = 24 * 3_600_000;

/** Names of workspaces and repositories have at most 62 characters each. */
const MAX_NAME_LENGTH = 255;

/** URLs of which this process remembers that they are noted. */
const MAX_REMEMBERED = 50_000;

/**
 * Keeps the URLs that the catalog reads, by repository. Its own tables have them in
 * full and in any spelling, or cut off where they are long, so that those of one
 * repository cannot be looked up there without reading all.
 */
export class UrlStore {
  readonly #urls: ScmUrls;
  readonly #open: () => Promise<Knex>;
  readonly #now: () => number;
  /** When they were noted. */
  readonly #noted = new Map<string, number>();

  /**
   * @param open - gives the database, with the tables of this module in it
   * @param now - milliseconds since the epoch
   */
  constructor(urls: ScmUrls, open: () => Promise<Knex>, now: () => number) {
    this.#urls = urls;
    this.#open = open;
    this.#now = now;
  }

  /** Notes a URL, once a day. Does nothing for what is not the URL of a repository's file. */
  async note(url: string): Promise<void> {
    const age = this.#now() - (this.#noted.get(url) ?? -Infinity);
    const row = Math.abs(age) < DAY_MS ? undefined : this.#rowOf(url);
    if (row) {
      await this.#save(row);
      if (this.#noted.size >= MAX_REMEMBERED) {
        this.#noted.clear();
      }
      this.#noted.set(url, row.read_at);
    }
  }

  /** Notes many URLs at once. */
  async noteAll(urls: string[]): Promise<void> {
    for (const batch of batches(urls, ROWS_AT_ONCE)) {
      await this.#insert(batch.flatMap(url => this.#rowOf(url) ?? []));
    }
  }

  /**
   * Notes that a URL could not be read for a reason that concerns every request. The
   * catalog reads it again when it is processed again, which may be long after.
   */
  async noteRefused(url: string): Promise<void> {
    const row = this.#rowOf(url);
    if (row) {
      await this.#saveRefused({ ...row, refused_at: this.#now() });
    }
  }

  /** The URLs that could not be read, each once. */
  async takeRefused(): Promise<string[]> {
    const knex = await this.#open();
    const rows = await knex<UrlRow>(URLS)
      .whereNotNull('refused_at')
      .select('key', 'url');
    const own = rows.filter(
      ({ url }) => fullNameOf(this.#urls, url) !== undefined,
    );
    for (const batch of batches(own.map(({ key }) => key).sort())) {
      await knex<UrlRow>(URLS)
        .whereIn('key', batch)
        .update({ refused_at: null });
    }
    return own.map(({ url }) => url);
  }

  /** @param fullNames - `workspace/repository`, in lower case */
  async ofRepositories(fullNames: string[]): Promise<ReadUrl[]> {
    const knex = await this.#open();
    const urls: ReadUrl[] = [];
    for (const batch of batches(fullNames)) {
      const rows = await knex<UrlRow>(URLS)
        .whereIn('full_name', batch)
        .select('url', 'key');
      urls.push(...rows);
    }
    return urls;
  }

  /** Those of some refresh keys that are not noted. */
  async unknown(keys: string[]): Promise<string[]> {
    const knex = await this.#open();
    const known = new Set<string>();
    for (const batch of batches(keys)) {
      const rows = await knex<UrlRow>(URLS).whereIn('key', batch).select('key');
      rows.forEach(({ key }) => known.add(key));
    }
    return keys.filter(key => !known.has(key));
  }

  readonly #save = batchWrites(async (rows: readonly UrlRow[]) => {
    await this.#insert(rows);
    return rows.map(() => undefined);
  });

  readonly #saveRefused = batchWrites(async (rows: readonly UrlRow[]) => {
    await this.#insert(rows, ['refused_at']);
    return rows.map(() => undefined);
  });

  async #insert(
    rows: readonly UrlRow[],
    merged: (keyof UrlRow)[] = ['read_at'],
  ): Promise<void> {
    if (rows.length > 0) {
      const knex = await this.#open();
      await knex<UrlRow>(URLS)
        .insert(rowsByKey(rows, ({ key }) => key))
        .onConflict('key')
        .merge(merged);
    }
  }

  #rowOf(url: string): UrlRow | undefined {
    const fullName = fullNameOf(this.#urls, url);
    return fullName === undefined
      ? undefined
      : {
          key: refreshKeyOf(url),
          full_name: fullName,
          url,
          read_at: this.#now(),
        };
  }
}

/** Undefined for what PostgreSQL or the host could not have. */
function fullNameOf(urls: ScmUrls, url: string): string | undefined {
  try {
    const name = urls.parse(url).fullName.toLowerCase();
    return name.length > MAX_NAME_LENGTH || `${name}${url}`.includes('\0')
      ? undefined
      : name;
  } catch {
    return undefined;
  }
}

/** What the catalog puts before the URLs that entities come from. */
const PREFIX = 'url:';

/** How the catalog ends a key that it has shortened. */
const SHORTENED = /#sha256:[0-9a-f]{64}$/;

/** Keys per statement. */
const PAGE = 1_000;

/**
 * Notes the URLs in the catalog's table that this module's reader has not noted:
 * those from before it did, and what another reader reads. A key that the catalog
 * has shortened does not contain the URL, which is noted when the reader reads it.
 */
export async function noteRefreshKeys(
  { catalog, urls }: { catalog: CatalogTables; urls: UrlStore },
  signal?: AbortSignal,
): Promise<void> {
  let after = PREFIX;
  let page: string[];
  do {
    signal?.throwIfAborted();
    page = await readKeysAfter(catalog, after, PAGE);
    const keys = page.filter(
      key => key.startsWith(PREFIX) && !SHORTENED.test(key),
    );
    const unknown = await urls.unknown(keys);
    await urls.noteAll(unknown.map(key => key.slice(PREFIX.length)));
    after = page.at(-1) ?? after;
  } while (page.length === PAGE);
}

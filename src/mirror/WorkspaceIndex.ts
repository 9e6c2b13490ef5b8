import { Knex } from 'knex';
import { CatalogTables } from '../catalog-tables/CatalogTables';
import { RepositorySelection, ScmHost } from '../scm/ScmHost';
import { RequestContext } from '../scm/types';
import { DueHeads } from './DueHeads';
import { FailingRepositories } from './FailingRepositories';
import { FileIndex } from './FileIndex';
import { fileStores, FileStores } from './FileStore';
import { NameStore } from './NameStore';
import { Rechecks } from './Rechecks';
import { Refetch } from './Refetch';
import { RepositoryIndex } from './RepositoryIndex';
import { RepositoryStore } from './RepositoryStore';
import { UrlStore } from './UrlStore';
import { FailureStore } from './failures';
import { forget, ForgetRequest, Forgotten } from './forget';
import { ListingStore } from './fullList';
import { prune } from './prune';

/**
 * What is known of workspaces, kept in the catalog's database: their
 * repositories, and the files of those. Shared by the entity providers and the
 * URL reader, so that what one has asked for, the other knows.
 */
export class WorkspaceIndex {
  /** What the workspaces are at. */
  readonly host: ScmHost;
  readonly repositories: RepositoryIndex;
  readonly files: FileIndex;
  /** Asks Bitbucket once more before someone is answered "not found". */
  readonly refetch: Refetch;
  /** What fails for single repositories. */
  readonly failing: FailingRepositories;
  readonly urls: UrlStore;
  /** Gives the database, with the tables of this module in it. */
  readonly open: () => Promise<Knex>;
  /** The catalog's tables, which are in the same database. */
  readonly catalog: CatalogTables;
  readonly #stores: () => Promise<FileStores>;
  readonly #now: () => number;

  constructor(options: {
    host: ScmHost;
    open: () => Promise<Knex>;
    catalog: CatalogTables;
    /** How old an answer to a reader may be, in milliseconds. */
    freshnessMs: number;
    /**
     * How old a head may be for a reader that walks request by itself, in milliseconds.
     * Default: as old as walks let it become.
     */
    headFreshnessMs?: number;
    /** Milliseconds since the epoch. Default: now. */
    now?: () => number;
  }) {
    const { host, freshnessMs, headFreshnessMs, now = Date.now } = options;
    const hasStamps = host.changedSince !== undefined;
    this.open = options.open;
    this.catalog = options.catalog;
    this.#now = now;
    this.urls = new UrlStore(host.urls, this.open, now);
    this.repositories = new RepositoryIndex({
      host,
      heads: new DueHeads({
        host,
        open: this.open,
        maxReaderAgeMs: headFreshnessMs,
        now,
      }),
      stores: this.#once(knex => ({
        repositories: new RepositoryStore(knex, { host: host.id, hasStamps }),
        names: new NameStore(knex),
        listings: new ListingStore(knex),
      })),
      freshnessMs,
      now,
    });
    this.failing = new FailingRepositories({
      store: this.#once(knex => new FailureStore(knex)),
      now,
    });
    this.host = host;
    this.#stores = this.#once(knex => fileStores(knex, now));
    this.files = new FileIndex({
      host,
      stores: this.#stores,
      failing: this.failing,
      now,
    });
    this.refetch = new Refetch({
      catalog: options.catalog,
      isAnonymous: host.credential.kind === 'anonymous',
      now,
    });
  }

  /** Makes stores when they are first needed; what they gather needs the same ones. */
  #once<Stores>(create: (knex: Knex) => Stores): () => Promise<Stores> {
    let stores: Stores | undefined;
    return async () => {
      const knex = await this.open();
      stores ??= create(knex);
      return stores;
    };
  }

  /**
   * Re-checks from spare budget what is cached of a selection; see {@link Rechecks}.
   *
   * @returns uuids of the repositories of which a result was wrong
   */
  async recheck(
    selection: RepositorySelection,
    context: RequestContext,
  ): Promise<string[]> {
    const rechecks = new Rechecks({
      host: this.host,
      knex: await this.open(),
      stores: await this.#stores(),
      now: this.#now,
    });
    return rechecks.run(selection, context);
  }

  /** Drops what is cached of a repository or a workspace; see {@link forget}. */
  async forget(request: ForgetRequest): Promise<Forgotten | undefined> {
    const forgotten = await forget(await this.open(), this.host, request);
    this.repositories.forgetFailures();
    // Reads what is left of the failures.
    await this.failing.all();
    return forgotten;
  }

  /** Removes what is not needed any more. */
  async prune(signal?: AbortSignal): Promise<void> {
    const now = this.#now();
    await prune(await this.open(), now, signal);
    await this.failing.prune();
    await (await this.#stores()).folders.prune(now);
  }
}

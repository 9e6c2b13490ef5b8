import { Knex } from 'knex';
import { CatalogTables } from '../catalog-tables/CatalogTables';
import { BitbucketClient } from '../hosts/bitbucket-cloud/BitbucketClient';
import { RequestContext } from '../scm/types';
import { FailingRepositories } from './FailingRepositories';
import { FailureStore } from './FailureStore';
import { FileIndex } from './FileIndex';
import { fileStores, FileStores } from './FileStore';
import { NameStore } from './NameStore';
import { Rechecks } from './Rechecks';
import { Refetch } from './Refetch';
import { RepositoryIndex } from './RepositoryIndex';
import { RepositoryStore, RepositorySelection } from './RepositoryStore';
import { UrlStore } from './UrlStore';
import { forget, ForgetRequest, Forgotten } from './forget';
import { ListingStore } from './fullList';
import { prune } from './prune';

/**
 * What is known of workspaces, kept in the catalog's database: their
 * repositories, and the files of those. Shared by the entity providers and the
 * URL reader, so that what one has asked for, the other knows.
 */
export class WorkspaceIndex {
  readonly repositories: RepositoryIndex;
  readonly files: FileIndex;
  /** Asks Bitbucket once more before somebody is answered "not found". */
  readonly refetch: Refetch;
  /** What fails for single repositories. */
  readonly failing: FailingRepositories;
  readonly urls: UrlStore;
  /** Gives the database, with the tables of this module in it. */
  readonly open: () => Promise<Knex>;
  /** The catalog's tables, which are in the same database. */
  readonly catalog: CatalogTables;
  readonly #client: BitbucketClient;
  readonly #stores: () => Promise<FileStores>;
  readonly #now: () => number;

  constructor(options: {
    client: BitbucketClient;
    open: () => Promise<Knex>;
    catalog: CatalogTables;
    /** How old an answer to a reader may be, in milliseconds. */
    freshnessMs: number;
    /** Milliseconds since the epoch. Default: now. */
    now?: () => number;
  }) {
    const { client, freshnessMs, now = Date.now } = options;
    this.open = options.open;
    this.catalog = options.catalog;
    this.#now = now;
    this.urls = new UrlStore(this.open, now);
    this.repositories = new RepositoryIndex({
      client,
      stores: this.#once(knex => ({
        repositories: new RepositoryStore(knex),
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
    this.#client = client;
    this.#stores = this.#once(knex => fileStores(knex, now));
    this.files = new FileIndex({
      client,
      stores: this.#stores,
      failing: this.failing,
      now,
    });
    this.refetch = new Refetch({
      catalog: options.catalog,
      isAnonymous: client.credential.kind === 'anonymous',
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
   * Re-checks from spare budget what is cached of a scope; see {@link Rechecks}.
   *
   * @returns uuids of the repositories of which a result was wrong
   */
  async recheck(
    scope: RepositorySelection,
    context: RequestContext,
  ): Promise<string[]> {
    const rechecks = new Rechecks({
      client: this.#client,
      knex: await this.open(),
      stores: await this.#stores(),
      now: this.#now,
    });
    return rechecks.run(scope, context);
  }

  /** Drops what is cached of a repository or a workspace; see {@link forget}. */
  async forget(request: ForgetRequest): Promise<Forgotten | undefined> {
    const forgotten = await forget(await this.open(), request);
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

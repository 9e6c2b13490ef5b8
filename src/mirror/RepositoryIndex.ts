import {
  BitbucketClient,
  quote,
} from '../hosts/bitbucket-cloud/BitbucketClient';
import { SingleFlight } from '../lib/promises';
import { isNotFoundError } from '../scm/errors';
import { Repository, RequestContext } from '../scm/types';
import { CachedName, NameStore } from './NameStore';
import {
  RepositoryFound,
  RepositoryLookup,
  RepositoryOptions,
} from './RepositoryLookup';
import {
  allOf,
  FoundRepository,
  RepositoryStore,
  RepositorySelection,
  scopeKey,
} from './RepositoryStore';
import { Listing, ListingState, ListingStore, readListing } from './fullList';
import { IndexedRepository } from './repositoryRows';
import { readUpdates } from './updates';

/** Where {@link RepositoryIndex} keeps what it knows. */
export type RepositoryStores = {
  repositories: RepositoryStore;
  names: NameStore;
  listings: ListingStore;
};

/** Gives repositories of a scope as they are known, and as Bitbucket has them now. */
export type RepositorySource = {
  byUuid(
    scope: RepositorySelection,
    uuids: string[],
  ): Promise<IndexedRepository[]>;
  ask(
    scope: RepositorySelection,
    id: string,
    context: RequestContext,
  ): Promise<Repository>;
};

/** The repositories of workspaces, as Bitbucket last described them. */
export class RepositoryIndex implements RepositorySource {
  readonly #client: BitbucketClient;
  readonly #stores: () => Promise<RepositoryStores>;
  readonly #now: () => number;
  readonly #refreshing = new SingleFlight<void>();
  readonly #lookup: RepositoryLookup;

  constructor(options: {
    client: BitbucketClient;
    stores: () => Promise<RepositoryStores>;
    freshnessMs: number;
    now: () => number;
  }) {
    this.#client = options.client;
    this.#stores = options.stores;
    this.#now = options.now;
    this.#lookup = new RepositoryLookup({
      ...options,
      // Without the reader's signal, since others wait for it too.
      refresh: async scope => {
        let isOwn = false;
        await this.#refreshing.share(scopeKey(scope), () => {
          isOwn = true;
          return this.#readUpdates(scope, {});
        });
        return isOwn;
      },
    });
  }

  /** Asks what was updated since the last time. One request per 100 repositories. */
  async refresh(
    scope: RepositorySelection,
    context: RequestContext,
  ): Promise<void> {
    await this.#refreshing.rerun(scopeKey(scope), () =>
      this.#readUpdates(scope, context),
    );
  }

  /** Reads the full list, or goes on with it, if it is time to. */
  async list(listing: Listing, context: RequestContext): Promise<ListingState> {
    const stores = await this.#stores();
    return readListing(this.#client, stores, listing, this.#now, context);
  }

  /** Counts the changes of a scope. */
  async version(scope: RepositorySelection): Promise<number> {
    const { repositories } = await this.#stores();
    return (await repositories.scope(scope)).version;
  }

  /** What is known of a scope, or what of it changed after a version. */
  async known(
    scope: RepositorySelection,
    after?: number,
  ): Promise<IndexedRepository[]> {
    const { repositories } = await this.#stores();
    return repositories.list(scope, after);
  }

  /** Those of a scope that have some uuids, as far as they are known. */
  async byUuid(
    scope: RepositorySelection,
    uuids: string[],
  ): Promise<IndexedRepository[]> {
    const { repositories } = await this.#stores();
    return repositories.byUuid(scope, uuids);
  }

  /** Which repositories have, or last had, some full names. */
  async names(fullNames: string[]): Promise<Map<string, CachedName>> {
    const { names } = await this.#stores();
    return names.uuids(fullNames);
  }

  /** The full names that a repository has, or had. */
  async namesOf(uuid: string): Promise<string[]> {
    const { names } = await this.#stores();
    return names.namesOf(uuid);
  }

  /** The repository that has, or last had, a full name, and the scope that it is in. */
  async byName(fullName: string): Promise<FoundRepository | undefined> {
    const { repositories } = await this.#stores();
    return repositories.byFullName(fullName);
  }

  /**
   * Asks for a repository of a scope by itself. One request.
   *
   * @param id - slug or uuid
   * @throws NotFoundError when it is gone, and then it is forgotten
   */
  async ask(
    scope: RepositorySelection,
    id: string,
    context: RequestContext,
  ): Promise<Repository> {
    try {
      const { workspace } = scope;
      const found = await this.#client.getRepository(workspace, id, context);
      await this.learn(scope, id, found);
      return found;
    } catch (error) {
      if (isNotFoundError(error) && error.missing === 'repository') {
        await this.learn(scope, id, undefined);
      }
      throw error;
    }
  }

  /**
   * Notes what someone has asked Bitbucket for a moment ago.
   *
   * @param repository - undefined where there is none
   */
  async learn(
    scope: RepositorySelection,
    uuid: string,
    repository: Repository | undefined,
  ): Promise<void> {
    const { repositories } = await this.#stores();
    if (repository) {
      await repositories.save(scope, [repository], this.#now());
    } else {
      await repositories.forget(scope, uuid);
    }
  }

  /**
   * Asks for the repositories of a project that a scope shows. One request per
   * 100 of them.
   */
  async askProject(
    { workspace, query }: RepositorySelection,
    projectKey: string,
    context: RequestContext,
  ): Promise<Repository[]> {
    const { repositories } = await this.#stores();
    const found: Repository[] = [];
    const q = allOf(query, `project.key = ${quote(projectKey)}`);
    for await (const page of this.#client.listRepositories(
      workspace,
      { q, sort: 'created_on' },
      context,
    )) {
      await repositories.save({ workspace, query }, page, this.#now());
      found.push(...page);
    }
    return found;
  }

  /** Lets Bitbucket be asked again for all that has failed, or was not there. */
  forgetFailures(): void {
    this.#lookup.forgetFailures();
  }

  /** Forgets a repository that a scope no longer shows. */
  async forget(scope: RepositorySelection, uuid: string): Promise<void> {
    const { repositories } = await this.#stores();
    await repositories.forget(scope, uuid);
  }

  /**
   * A repository, as fresh as readers are promised; see
   * {@link RepositoryLookup.find}.
   */
  async find(
    workspace: string,
    slug: string,
    context: RequestContext,
  ): Promise<Repository> {
    const { repository } = await this.lookUp(workspace, slug, context);
    return repository;
  }

  /** Likewise, with whether what is said of it was known before. */
  async lookUp(
    workspace: string,
    slug: string,
    context: RequestContext,
    options?: RepositoryOptions,
  ): Promise<RepositoryFound> {
    return this.#lookup.find(workspace, slug, context, options);
  }

  async #readUpdates(
    scope: RepositorySelection,
    context: RequestContext,
  ): Promise<void> {
    const { repositories } = await this.#stores();
    await readUpdates(this.#client, repositories, scope, this.#now, context);
    this.#lookup.forgetFailure(scope);
  }
}

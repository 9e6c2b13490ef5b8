import { toError } from '@backstage/errors';
import {
  BitbucketClient,
  isBitbucketError,
  isNotFoundError,
  isRateLimitedError,
  isUnauthorizedError,
  isUnavailableError,
  quote,
  Repository,
  RequestContext,
} from '../bitbucket';
import { InFlight } from './InFlight';
import { Listing, readListing } from './listing';
import { ListingState, ListingStore } from './ListingStore';
import { MissingRepositories } from './MissingRepositories';
import { IndexedRepository } from './repositoryRows';
import { FoundRepository, KnownName, RepositoryStore } from './RepositoryStore';
import { allOf, Scope, scopeKey } from './scopes';
import { readUpdates } from './updates';

/**
 * A walk that is due may come late by the scheduler's rounds, which take 5 s.
 * Readers wait for it, rather than ask just before it does.
 */
const GRACE_MS = 10_000;

/**
 * While Bitbucket is out of reach, readers make do with what is known for so
 * long before one asks again. A list that is refused is asked for as rarely as
 * one that is granted.
 */
const FAILED_LOOK_MS = 30_000;

/** A repository that nothing was heard of for so long is asked for by itself. */
const SILENCE_MS = 24 * 3_600_000;

/** Where {@link RepositoryIndex} keeps what it knows. */
export type RepositoryStores = {
  repositories: RepositoryStore;
  listings: ListingStore;
};

/** The repositories of workspaces, as Bitbucket last told of them. */
export class RepositoryIndex {
  readonly #client: BitbucketClient;
  readonly #stores: () => Promise<RepositoryStores>;
  readonly #freshnessMs: number;
  readonly #now: () => number;
  readonly #refreshing = new InFlight<void>();
  readonly #failures = new Map<string, { at: number; error: Error }>();
  readonly #missing: MissingRepositories;

  constructor(options: {
    client: BitbucketClient;
    stores: () => Promise<RepositoryStores>;
    freshnessMs: number;
    now: () => number;
  }) {
    this.#client = options.client;
    this.#stores = options.stores;
    this.#freshnessMs = options.freshnessMs;
    this.#now = options.now;
    this.#missing = new MissingRepositories(options);
  }

  /** Asks what was updated since the last time. One request per 100 repositories. */
  async refresh(scope: Scope, context: RequestContext): Promise<void> {
    await this.#refreshing.again(scopeKey(scope), () =>
      this.#readUpdates(scope, context),
    );
  }

  /** Reads the full list, or goes on with it, if it is time to. */
  async list(listing: Listing, context: RequestContext): Promise<ListingState> {
    const stores = await this.#stores();
    return readListing(this.#client, stores, listing, this.#now, context);
  }

  /** Counts the changes of a scope. */
  async version(scope: Scope): Promise<number> {
    const { repositories } = await this.#stores();
    return (await repositories.scope(scope)).version;
  }

  /** What is known of a scope, or what of it changed after a version. */
  async known(scope: Scope, after?: number): Promise<IndexedRepository[]> {
    const { repositories } = await this.#stores();
    return repositories.list(scope, after);
  }

  /** Those of a scope that have some uuids, as far as they are known. */
  async byUuid(scope: Scope, uuids: string[]): Promise<IndexedRepository[]> {
    const { repositories } = await this.#stores();
    return repositories.byUuid(scope, uuids);
  }

  /** Which repositories have, or last had, some full names. */
  async names(fullNames: string[]): Promise<Map<string, KnownName>> {
    const { repositories } = await this.#stores();
    return repositories.uuids(fullNames);
  }

  /** The full names that a repository has, or had. */
  async namesOf(uuid: string): Promise<string[]> {
    const { repositories } = await this.#stores();
    return repositories.names(uuid);
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
    scope: Scope,
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
    scope: Scope,
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
    { workspace, query }: Scope,
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

  /** Forgets a repository that a scope no longer shows. */
  async forget(scope: Scope, uuid: string): Promise<void> {
    const { repositories } = await this.#stores();
    await repositories.forget(scope, uuid);
  }

  /**
   * A repository, as fresh as readers are promised.
   *
   * Costs one request per workspace and freshness, however many ask; and one
   * for a repository that nothing is known of. While Bitbucket is out of reach,
   * what is known counts.
   *
   * @throws NotFoundError when there is none
   */
  async find(
    workspace: string,
    slug: string,
    context: RequestContext,
  ): Promise<Repository> {
    const { repositories } = await this.#stores();
    const fullName = `${workspace}/${slug}`.toLowerCase();
    let found = await repositories.byFullName(fullName);
    if (found && this.#isFresh(found)) {
      return found.repository;
    }
    this.#missing.throwIfMissing(fullName);
    const scope = found?.scope ?? { workspace };
    let failure = await this.#refreshForReaders(scope);
    found = await repositories.byFullName(fullName);
    if (found && this.#isFresh(found)) {
      return found.repository;
    }
    // A credential that is refused is so for a single repository too.
    if (!isTemporary(failure) && !isUnauthorizedError(failure)) {
      try {
        return await this.#askByName(fullName, scope, context);
      } catch (error) {
        failure = toError(error);
      }
    }
    if (found && isTemporary(failure)) {
      return found.repository;
    }
    throw failure;
  }

  async #askByName(
    fullName: string,
    scope: Scope,
    context: RequestContext,
  ): Promise<Repository> {
    const { repositories } = await this.#stores();
    const [workspace, slug] = fullName.split('/');
    const found = await this.#missing.note(fullName, () =>
      this.#client.getRepository(workspace, slug, context),
    );
    await repositories.save(scope, [found], this.#now());
    if (found.fullName !== fullName) {
      // Bitbucket knows the old names of repositories too.
      await repositories.saveName(fullName, found);
    }
    return found;
  }

  /** @returns why it failed */
  async #refreshForReaders(scope: Scope): Promise<Error | undefined> {
    const key = scopeKey(scope);
    const last = this.#failures.get(key);
    if (last && this.#awayFrom(last.at) < this.#patienceAfter(last.error)) {
      return last.error;
    }
    const { repositories } = await this.#stores();
    const { refreshedAt } = await repositories.scope(scope);
    if (this.#isRecent(refreshedAt)) {
      return undefined;
    }
    try {
      // Without the reader's signal, since others wait for it too.
      await this.#refreshing.share(key, () => this.#readUpdates(scope, {}));
      return undefined;
    } catch (error) {
      if (!isBitbucketError(error)) {
        throw error;
      }
      this.#failures.set(key, { at: this.#now(), error });
      return error;
    }
  }

  async #readUpdates(scope: Scope, context: RequestContext): Promise<void> {
    const { repositories } = await this.#stores();
    await readUpdates(this.#client, repositories, scope, this.#now, context);
    this.#failures.delete(scopeKey(scope));
  }

  #patienceAfter(failure: Error): number {
    return isTemporary(failure) ? FAILED_LOOK_MS : this.#freshnessMs;
  }

  #isFresh({ refreshedAt, repository }: FoundRepository): boolean {
    const { seenAt } = repository;
    return (
      this.#isRecent(seenAt) ||
      (this.#isRecent(refreshedAt) && this.#now() - seenAt < SILENCE_MS)
    );
  }

  #isRecent(time: number = -Infinity): boolean {
    const grace = Math.min(GRACE_MS, this.#freshnessMs / 4);
    return this.#awayFrom(time) <= this.#freshnessMs + grace;
  }

  /** A time to come was noted before the clock was set back, so it may be long ago. */
  #awayFrom(time: number): number {
    return Math.abs(this.#now() - time);
  }
}

function isTemporary(error: unknown): boolean {
  return isRateLimitedError(error) || isUnavailableError(error);
}

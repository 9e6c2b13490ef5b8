import { toError } from '@backstage/errors';
import {
  BitbucketClient,
  isBitbucketError,
  isRateLimitedError,
  isUnauthorizedError,
  isUnavailableError,
  Repository,
  RequestContext,
} from '../bitbucket';
import { MissingRepositories } from './MissingRepositories';
import { NameStore } from './NameStore';
import { FoundRepository, RepositoryStore } from './RepositoryStore';
import { Scope, scopeKey } from './scopes';

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

type Stores = { repositories: RepositoryStore; names: NameStore };

/** Repositories for readers, who are promised answers of a certain age. */
export class FreshRepositories {
  readonly #client: BitbucketClient;
  readonly #stores: () => Promise<Stores>;
  readonly #refresh: (scope: Scope) => Promise<void>;
  readonly #freshnessMs: number;
  readonly #now: () => number;
  readonly #failures = new Map<string, { at: number; error: Error }>();
  readonly #missing: MissingRepositories;

  constructor(options: {
    client: BitbucketClient;
    stores: () => Promise<Stores>;
    /** Asks what was updated; readers of one scope share it. */
    refresh: (scope: Scope) => Promise<void>;
    freshnessMs: number;
    now: () => number;
  }) {
    this.#client = options.client;
    this.#stores = options.stores;
    this.#refresh = options.refresh;
    this.#freshnessMs = options.freshnessMs;
    this.#now = options.now;
    this.#missing = new MissingRepositories(options);
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
    const { repositories, names } = await this.#stores();
    const [workspace, slug] = fullName.split('/');
    const found = await this.#missing.note(fullName, () =>
      this.#client.getRepository(workspace, slug, context),
    );
    await repositories.save(scope, [found], this.#now());
    if (found.fullName !== fullName) {
      // Bitbucket knows the old names of repositories too.
      await names.save(fullName, found);
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
      await this.#refresh(scope);
      return undefined;
    } catch (error) {
      if (!isBitbucketError(error)) {
        throw error;
      }
      this.#failures.set(key, { at: this.#now(), error });
      return error;
    }
  }

  /** A scope could be asked again. */
  forgetFailure(scope: Scope): void {
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

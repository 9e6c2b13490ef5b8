import { toError } from '@backstage/errors';
import { RecentMap } from '../lib/sharing';
import { SingleFlight } from '../lib/sharing';
import { RepositorySelection, ScmHost } from '../scm/ScmHost';
import {
  isBitbucketError,
  isNotFoundError,
  isRateLimitedError,
  isUnauthorizedError,
  isUnavailableError,
  UnexpectedResponseError,
} from '../scm/errors';
import { Repository, RequestContext } from '../scm/types';
import { NameStore } from './NameStore';
import {
  FoundRepository,
  RepositoryStore,
  selectionId,
} from './RepositoryStore';

const MAX_WAIT_MS = 3_600_000;

/** How many repositories are remembered. */
const MOST_NAMES = 2_000;

type Missing = { since: number; askAt: number; error: Error };

/**
 * Remembers which repositories were not there, so that a location which leads
 * nowhere does not cost a request each time that it is read. The longer one has
 * been missing, the longer it is until someone asks again: an hour at most. A
 * person does not wait for that; see `Refetch`.
 */
class MissingRepositories {
  readonly #byName = new RecentMap<string, Missing>(MOST_NAMES);
  readonly #freshnessMs: number;
  readonly #now: () => number;

  constructor(options: { freshnessMs: number; now: () => number }) {
    this.#freshnessMs = options.freshnessMs;
    this.#now = options.now;
  }

  /** @throws what Bitbucket answered, as long as that counts */
  throwIfMissing(fullName: string): void {
    const missing = this.#byName.get(fullName);
    const wait = missing ? missing.askAt - this.#now() : 0;
    // It is longer only where the clock was set back.
    if (missing && wait > 0 && wait <= MAX_WAIT_MS) {
      throw missing.error;
    }
  }

  /** Lets Bitbucket be asked for all of them again. */
  clear(): void {
    this.#byName.clear();
  }

  /** Remembers whether asking finds the repository. */
  async note<T>(fullName: string, ask: () => Promise<T>): Promise<T> {
    try {
      const found = await ask();
      this.#byName.delete(fullName);
      return found;
    } catch (error) {
      if (isNotFoundError(error) && error.missing !== 'unknown') {
        const now = this.#now();
        const since = this.#byName.get(fullName)?.since ?? now;
        const wait = Math.max(this.#freshnessMs, now - since);
        const askAt = now + Math.min(wait, MAX_WAIT_MS);
        this.#byName.set(fullName, { since, askAt, error });
      }
      throw error;
    }
  }
}

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

/** A repository that was not updated for this long is requested by itself. */
const SILENCE_MS = 24 * 3_600_000;

/** How many selections that could not be asked are remembered. */
const REMEMBERED = 500;

/** How to look a repository up. */
export type RepositoryOptions = {
  /** Whether Bitbucket is asked for it whatever the mirror has. Default false. */
  refetch?: boolean;
};

/** A repository, and whether it was in the mirror before the lookup began. */
export type RepositoryFound = { repository: Repository; isCached: boolean };

type Stores = { repositories: RepositoryStore; names: NameStore };

/** Repositories for readers, who are promised results of a certain age. */
export class RepositoryLookup {
  readonly #host: ScmHost;
  readonly #stores: () => Promise<Stores>;
  readonly #refresh: (selection: RepositorySelection) => Promise<boolean>;
  readonly #freshnessMs: number;
  readonly #now: () => number;
  readonly #headAgeMs: (workspace: string) => Promise<number | undefined>;
  readonly #failures = new RecentMap<string, { at: number; error: Error }>(
    REMEMBERED,
  );
  readonly #missing: MissingRepositories;
  readonly #asking = new SingleFlight<Repository>();

  constructor(options: {
    host: ScmHost;
    stores: () => Promise<Stores>;
    /**
     * Asks what was updated; readers of one selection share it. Gives whether it was
     * begun just now, and not joined.
     */
    refresh: (selection: RepositorySelection) => Promise<boolean>;
    freshnessMs: number;
    now: () => number;
    /**
     * How old a head of a workspace may be that walks request by itself; undefined where
     * the host says by itself what has changed.
     */
    headAgeMs: (workspace: string) => Promise<number | undefined>;
  }) {
    this.#host = options.host;
    this.#headAgeMs = options.headAgeMs;
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
    name: string,
    context: RequestContext,
    { refetch = false }: RepositoryOptions = {},
  ): Promise<RepositoryFound> {
    const { repositories } = await this.#stores();
    const fullName = name.toLowerCase();
    let found = await repositories.byFullName(fullName);
    const workspace = this.#host.workspaceOf(name);
    const selection = found?.selection ?? { workspace };
    const headAgeMs = await this.#headAgeMs(selection.workspace);
    if (refetch) {
      // After one that is under way, which may have begun before this look-up. Others
      // wait for it too, so that no reader's signal ends it.
      const repository = await this.#asking.rerun(fullName, () =>
        this.#askByName(fullName, selection, { meter: context.meter }),
      );
      return { repository, isCached: false };
    }
    if (found && this.#isFresh(found, headAgeMs)) {
      return { repository: found.repository, isCached: true };
    }
    this.#missing.throwIfMissing(fullName);
    const askedAt = this.#now();
    const refresh = await this.#refreshForReaders(selection);
    let { failure } = refresh;
    found = await repositories.byFullName(fullName);
    if (found && this.#isFresh(found, headAgeMs)) {
      const { repository } = found;
      const isCached = !refresh.isOwn || repository.seenAt < askedAt;
      return { repository, isCached };
    }
    // A credential that is refused is so for a single repository too.
    if (!isTemporary(failure) && !isUnauthorizedError(failure)) {
      try {
        const repository = await this.#askByName(fullName, selection, context);
        return { repository, isCached: false };
      } catch (error) {
        failure = toError(error);
      }
    }
    if (found && isTemporary(failure)) {
      return { repository: found.repository, isCached: true };
    }
    throw failure;
  }

  async #askByName(
    fullName: string,
    selection: RepositorySelection,
    context: RequestContext,
  ): Promise<Repository> {
    const { repositories, names } = await this.#stores();
    const found = await this.#missing.note(fullName, () =>
      this.#host.repository({ by: 'name', fullName }, context),
    );
    const isOtherName = found.fullName.toLowerCase() !== fullName;
    const known = isOtherName && (await repositories.byFullName(fullName));
    if (
      known &&
      known.repository.uuid !== found.uuid &&
      known.repository.fullName.toLowerCase() === fullName
    ) {
      // Its files would be read in place of those of the one that has the name.
      throw new UnexpectedResponseError(
        'the response is about another repository',
        { method: 'GET', url: this.#host.urls.repository(fullName) },
      );
    }
    await repositories.save(selection, [found], this.#now());
    if (isOtherName) {
      // Bitbucket knows the old names of repositories too.
      await names.save(fullName, found);
    }
    return found;
  }

  /** @returns why it failed, and whether Bitbucket was asked for this reader */
  async #refreshForReaders(
    selection: RepositorySelection,
  ): Promise<{ failure?: Error; isOwn: boolean }> {
    const key = selectionId(selection);
    const last = this.#failures.get(key);
    if (last && this.#awayFrom(last.at) < this.#patienceAfter(last.error)) {
      return { failure: last.error, isOwn: false };
    }
    const { repositories } = await this.#stores();
    const { refreshedAt } = await repositories.state(selection);
    if (this.#isRecent(refreshedAt)) {
      return { isOwn: false };
    }
    try {
      return { isOwn: await this.#refresh(selection) };
    } catch (error) {
      if (!isBitbucketError(error)) {
        throw error;
      }
      this.#failures.set(key, { at: this.#now(), error });
      return { failure: error, isOwn: true };
    }
  }

  /** Lets Bitbucket be asked again for all that has failed, or was not there. */
  forgetFailures(): void {
    this.#failures.clear();
    this.#missing.clear();
  }

  /** A selection could be asked again. */
  forgetFailure(selection: RepositorySelection): void {
    this.#failures.delete(selectionId(selection));
  }

  #patienceAfter(failure: Error): number {
    return isTemporary(failure) ? FAILED_LOOK_MS : this.#freshnessMs;
  }

  #isFresh(
    { refreshedAt, repository }: FoundRepository,
    headAgeMs: number | undefined,
  ): boolean {
    const { seenAt, updatedOn } = repository;
    if (headAgeMs !== undefined && updatedOn !== undefined) {
      return this.#awayFrom(Date.parse(updatedOn)) <= headAgeMs;
    }
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

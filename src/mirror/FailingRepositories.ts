import { toError } from '@backstage/errors';
import { Repository } from '../scm/types';
import {
  afterFailure,
  concernOf,
  Failure,
  FailureStore,
  isHeldBack,
  isRefusal,
} from './failures';

/** Failing requests of a repository that are remembered one by one. */
const MAX_CALLS = 20;

/** Other replicas ask too; what they have found out is read so often. */
const RELOAD_MS = 60_000;

/** What is asked of a repository, by kind: itself, its refs, what changed, its files. */
type RepositoryCall = {
  kind: 'repository' | 'refs' | 'changes' | 'files';
  /** Which of them. */
  of: string;
};

/** A repository that cannot be read. Times are milliseconds since the epoch. */
export type FailingRepository = {
  uuid: string;
  since: number;
  retryAt: number;
  /** Failures in a row of what has failed most often. */
  attempts: number;
  message: string;
};

/** In place of a request that keeps failing, until it is time to repeat it. */
export class RepositoryFailingError extends Error {
  readonly name = 'RepositoryFailingError';

  constructor({ message, since, retryAt }: FailingRepository) {
    super(
      `${message}. This request has failed since ${iso(since)} and is not repeated before ${iso(
        retryAt,
      )}, unless the repository changes`,
    );
  }
}

/**
 * Remembers which requests to repositories fail, so that one that keeps failing
 * costs little, whatever the caller: walks, deliveries, the URL reader, the analyzer.
 * What concerns every request alike is not remembered; see `concernOf`.
 *
 * A repository that was pushed to since, or that a delivery is about, is asked
 * again at once. What is remembered survives restarts and is shared by replicas.
 */
export class FailingRepositories {
  readonly #store: () => Promise<FailureStore>;
  readonly #now: () => number;
  /** By uuid and call. */
  #failures?: Map<string, Map<string, Failure>>;
  #loading?: Promise<void>;
  #loadedAt = -Infinity;

  constructor(options: {
    store: () => Promise<FailureStore>;
    now: () => number;
  }) {
    this.#store = options.store;
    this.#now = options.now;
  }

  /**
   * Asks something of a repository.
   *
   * @param send - sends the requests
   * @throws RepositoryFailingError, with nothing sent, where that failed before and
   * it is too early to repeat it
   */
  async ask<T>(
    repository: Repository,
    call: RepositoryCall,
    send: () => Promise<T>,
  ): Promise<T> {
    await this.#load();
    const { uuid } = repository;
    const stamp = stampOf(repository);
    const now = this.#now();
    const held = this.#about(uuid, call).filter(failure =>
      isHeldBack(failure, stamp, now),
    );
    if (held.length > 0) {
      throw new RepositoryFailingError(summarize(held));
    }
    try {
      const answer = await send();
      await this.#forget(this.#about(uuid, call));
      return answer;
    } catch (error) {
      if (concernOf(error) !== 'everything') {
        await this.#note(uuid, stamp, call, toError(error));
      }
      throw error;
    }
  }

  /** All of a repository could be read. */
  async recovered(uuid: string): Promise<void> {
    await this.#forget(this.#of(uuid));
  }

  /** The head of a repository is known, and so is what the walk wants of it. */
  async headIsKnown(uuid: string): Promise<void> {
    await this.#forget(
      this.#of(uuid).filter(({ call }) => !/^files\b/.test(call)),
    );
  }

  /** Something is said to have happened to a repository, so that it may be asked again at once. */
  async retryNow(uuid: string): Promise<void> {
    await this.#load();
    await this.#save(this.#of(uuid).map(one => ({ ...one, retryAt: 0 })));
  }

  /** The repositories that fail, by uuid, as all replicas know them. */
  async all(): Promise<Map<string, FailingRepository>> {
    await this.#load(true);
    return new Map(
      [...(this.#failures ?? [])].map(([uuid, failures]) => [
        uuid,
        summarize([...failures.values()]),
      ]),
    );
  }

  /** The uuids of those that it is time to ask again. */
  async due(): Promise<string[]> {
    const now = this.#now();
    const failing = [...(await this.all()).values()];
    return failing
      .filter(({ retryAt }) => retryAt <= now)
      .map(({ uuid }) => uuid);
  }

  /** Those of some repositories that fail and that no warning was given of; gives each once. */
  async announce(uuids: string[]): Promise<FailingRepository[]> {
    await this.#load(true);
    const failures = uuids.map(uuid =>
      this.#of(uuid).filter(({ isAnnounced }) => !isAnnounced),
    );
    const isNews = (uuid: string) =>
      this.#of(uuid).every(({ isAnnounced }) => !isAnnounced);
    const news = failures
      .filter(([first]) => first && isNews(first.uuid))
      .map(summarize);
    await this.#save(
      failures.flat().map(one => ({ ...one, isAnnounced: true })),
    );
    return news;
  }

  async prune(): Promise<void> {
    const store = await this.#store();
    await store.prune(this.#now());
    await this.#load(true);
  }

  #of(uuid: string): Failure[] {
    return [...(this.#failures?.get(uuid)?.values() ?? [])];
  }

  /** What a failed call was remembered as. */
  #about(uuid: string, { kind, of }: RepositoryCall): Failure[] {
    const failures = this.#failures?.get(uuid);
    return [kind, `${kind} ${of}`].flatMap(call => failures?.get(call) ?? []);
  }

  async #note(
    uuid: string,
    stamp: string,
    { kind, of }: RepositoryCall,
    error: Error,
  ): Promise<void> {
    const known = this.#failures?.get(uuid);
    const isOfKind = isRefusal(error) || (known?.size ?? 0) >= MAX_CALLS;
    const call = isOfKind ? kind : `${kind} ${of}`;
    const before = known?.get(call);
    const after = afterFailure(before, this.#now());
    const { message } = error;
    const isAnnounced = this.#of(uuid).some(one => one.isAnnounced);
    await this.#save([{ uuid, call, stamp, message, isAnnounced, ...after }]);
  }

  async #save(failures: Failure[]): Promise<void> {
    for (const failure of failures) {
      const { uuid, call } = failure;
      const others = this.#failures?.get(uuid) ?? new Map<string, Failure>();
      this.#failures?.set(uuid, others.set(call, failure));
    }
    if (failures.length > 0) {
      await (await this.#store()).save(failures);
    }
  }

  async #forget(failures: Failure[]): Promise<void> {
    for (const failure of failures) {
      const others = this.#failures?.get(failure.uuid);
      others?.delete(failure.call);
      if (others?.size === 0) {
        this.#failures?.delete(failure.uuid);
      }
      await (await this.#store()).delete(failure);
    }
  }

  /** @param again - whether all that replicas have found out until now is to be known */
  async #load(again = false): Promise<void> {
    const age = Math.abs(this.#now() - this.#loadedAt);
    if (!again && this.#failures && age < RELOAD_MS) {
      return;
    }
    this.#loading ??= this.#read().finally(() => {
      this.#loading = undefined;
    });
    await this.#loading;
  }

  async #read(): Promise<void> {
    const store = await this.#store();
    const failures = new Map<string, Map<string, Failure>>();
    for (const failure of await store.all()) {
      const { uuid, call } = failure;
      const others = failures.get(uuid) ?? new Map<string, Failure>();
      failures.set(uuid, others.set(call, failure));
    }
    this.#failures = failures;
    this.#loadedAt = this.#now();
  }
}

/** Changes with each push. */
function stampOf({ updatedOn, mainBranch }: Repository): string {
  return [updatedOn, mainBranch?.name, mainBranch?.hash].join(' ');
}

/** @param failures - at least one, all of one repository */
function summarize(failures: Failure[]): FailingRepository {
  const [first] = [...failures].sort((a, b) => a.since - b.since);
  return {
    uuid: first.uuid,
    since: first.since,
    message: first.message,
    attempts: Math.max(...failures.map(({ attempts }) => attempts)),
    retryAt: Math.min(...failures.map(({ retryAt }) => retryAt)),
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

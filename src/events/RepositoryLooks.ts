import { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import {
  BitbucketClient,
  isNotFoundError,
  isRateLimitedError,
  Repository,
  RequestContext,
  RequestMeter,
} from '../bitbucket';
import { Scope, WorkspaceIndex } from '../workspace';
import { Hint } from './delivery';
import { SoonOnce } from './SoonOnce';

/** A look at a repository, or at the repositories of a project. */
export type Look = {
  /** Why it is taken. The first one is the oldest. */
  hints: Hint[];
  context: RequestContext & { meter: RequestMeter };
  /**
   * The repository as it is now, for a scope to know; undefined where the
   * workspace has none of that uuid. One request, whoever asks.
   */
  ask(scope: Scope): Promise<Repository | undefined>;
};

/** Someone who has to do with repositories. */
export type RepositoryWatcher = {
  /**
   * Why something that has happened is of no concern; undefined where it may be.
   * Costs no request.
   */
  reasonToPass(hint: Hint): Promise<string | undefined>;
  look(look: Look): Promise<void>;
};

/** What is made of a hint: a look, or why not. */
export type Heard = { looks: true } | { looks: false; reason: string };

type Pending = { hints: Hint[]; watchers: Set<RepositoryWatcher> };

/**
 * Has repositories looked at that something is told of, soon and once, in order
 * of arrival. Whatever is told, only what Bitbucket shows counts; what cannot be
 * looked at now, the next walk does, or the next reading of a file.
 */
export class RepositoryLooks {
  readonly #client: BitbucketClient;
  readonly #index: WorkspaceIndex;
  readonly #watchers: RepositoryWatcher[];
  readonly #logger: LoggerService;
  readonly #soon = new SoonOnce(key => this.#look(key));
  readonly #pending = new Map<string, Pending>();
  readonly #ended = new AbortController();

  /** @param options.watchers - in the order in which they look */
  constructor(options: {
    client: BitbucketClient;
    index: WorkspaceIndex;
    watchers: RepositoryWatcher[];
    logger: LoggerService;
  }) {
    this.#client = options.client;
    this.#index = options.index;
    this.#watchers = options.watchers;
    this.#logger = options.logger;
  }

  /** Costs no request by itself. */
  async hear(hint: Hint): Promise<Heard> {
    const reasons = await Promise.all(
      this.#watchers.map(watcher => watcher.reasonToPass(hint)),
    );
    const concerned = this.#watchers.filter(
      (_, index) => reasons[index] === undefined,
    );
    if (concerned.length === 0) {
      return { looks: false, reason: [...new Set(reasons)].join('; ') };
    }
    const key = keyOf(hint);
    const pending = this.#pending.get(key);
    this.#pending.set(key, {
      hints: [...(pending?.hints ?? []), hint],
      watchers: new Set([...(pending?.watchers ?? []), ...concerned]),
    });
    this.#soon.add(key);
    return { looks: true };
  }

  /** Forgets what is still to be looked at, and ends what is under way. */
  stop(): void {
    this.#ended.abort();
    this.#soon.stop();
  }

  /** Never rejects. */
  async #look(key: string): Promise<void> {
    const { hints, watchers } = this.#pending.get(key)!;
    this.#pending.delete(key);
    const { signal } = this.#ended;
    const meter = new RequestMeter();
    const context = { meter, signal, purpose: 'read' as const };
    const ask = this.#createAsk(key, context);
    for (const watcher of this.#watchers.filter(one => watchers.has(one))) {
      try {
        await watcher.look({ hints, context, ask });
      } catch (error) {
        if (signal.aborted) {
          return;
        }
        this.#logger[isRateLimitedError(error) ? 'debug' : 'warn'](
          `${nameOf(hints[0])} cannot be looked at after a delivery, which the next walk makes up for: ${toError(error).message}`,
        );
      }
    }
  }

  #createAsk(uuid: string, context: RequestContext): Look['ask'] {
    const answers = new Map<string, Repository | undefined>();
    return async scope => {
      const workspace = scope.workspace.toLowerCase();
      if (!answers.has(workspace)) {
        const found = findRepository(this.#client, workspace, uuid, context);
        answers.set(workspace, await found);
      }
      const repository = answers.get(workspace);
      await this.#index.repositories.learn(scope, uuid, repository);
      await this.#index.failing.retryNow(uuid);
      return repository;
    };
  }
}

function keyOf(hint: Hint): string {
  return 'uuid' in hint ? hint.uuid : nameOf(hint);
}

function nameOf(hint: Hint): string {
  return 'uuid' in hint
    ? `Repository ${hint.fullName}`
    : `Project ${hint.projectKey} of ${hint.workspace}`;
}

async function findRepository(
  client: BitbucketClient,
  workspace: string,
  uuid: string,
  context: RequestContext,
): Promise<Repository | undefined> {
  try {
    return await client.getRepository(workspace, uuid, context);
  } catch (error) {
    if (isNotFoundError(error) && error.missing === 'repository') {
      return undefined;
    }
    throw error;
  }
}

import { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { BitbucketClient } from '../hosts/bitbucket-cloud/BitbucketClient';
import {
  ChangeEvent,
  PushedBranch,
  RepositoryEvent,
} from '../hosts/bitbucket-cloud/delivery';
import { inOneLine } from '../lib/text';
import { RepositorySelection } from '../mirror/RepositoryStore';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { isNotFoundError, isRateLimitedError } from '../scm/errors';
import { Repository, RequestContext, RequestMeter } from '../scm/types';
import { Allowance, KeyedDebouncer } from './KeyedDebouncer';

/** Of the names that a repository is given within a second or so, the latest. */
const MAX_NAMES = 4;

/** Of the branches that are pushed to at once, the latest. */
const MAX_BRANCHES = 50;

/**
 * Adds to what has been heard of a repository, or of a project, so that a burst
 * takes no more memory than a few deliveries: one event for each full name that
 * it was given, the latest one last.
 */
export function foldEvents(
  earlier: ChangeEvent[],
  event: ChangeEvent,
): ChangeEvent[] {
  if (!('uuid' in event)) {
    return [event];
  }
  const repositories = earlier.filter(one => 'uuid' in one);
  const same = repositories.find(({ fullName }) => fullName === event.fullName);
  const others = repositories.filter(one => one !== same);
  return [...others, same ? merge(same, event) : event].slice(-MAX_NAMES);
}

function merge(
  earlier: RepositoryEvent,
  event: RepositoryEvent,
): RepositoryEvent {
  const { branches, isDeleted, ...rest } = { ...earlier, ...event };
  const heads = new Map<string, PushedBranch>();
  for (const branch of [earlier, event].flatMap(one => one.branches ?? [])) {
    // The latest one last.
    heads.delete(branch.name);
    heads.set(branch.name, branch);
  }
  return {
    ...rest,
    ...(branches ? { branches: [...heads.values()].slice(-MAX_BRANCHES) } : {}),
    ...(isDeleted ? { isDeleted } : {}),
  };
}

/**
 * What may wait to be looked at. Whatever else is heard of is left to the next
 * walk, which finds more with fewer requests.
 */
const MAX_PENDING = 2_000;

/**
 * For repositories that nobody has heard of, which may be made up, and for
 * projects, which take a list. Whoever makes so many at once waits for a walk.
 */
const UNKNOWN = { burst: 50, everyMs: 60_000 };

/** A look at a repository, or at the repositories of a project. */
export type Look = {
  /**
   * Why it is taken: one event for each full name that the repository was given,
   * the latest one last.
   */
  events: ChangeEvent[];
  context: RequestContext & { meter: RequestMeter };
  /**
   * The repository as it is now, for a scope to know; undefined where the
   * workspace has none of that uuid. One request, whoever asks.
   */
  ask(scope: RepositorySelection): Promise<Repository | undefined>;
  /**
   * The repository that Bitbucket has under a full name now, which may be another
   * one than the delivery says; undefined where there is none. One request for
   * each name, whoever asks.
   */
  askByName(fullName: string): Promise<Repository | undefined>;
};

/** Someone who has to do with repositories. */
export type ChangeSubscriber = {
  /**
   * Why something that has happened is of no concern; undefined where it may be.
   * Costs no request.
   */
  skipReason(event: ChangeEvent): Promise<string | undefined>;
  look(look: Look): Promise<void>;
};

/** What is made of a event: a look, or why not, or not now. */
type Heard =
  { outcome: 'accepted' } | { outcome: 'ignored' | 'deferred'; reason: string };

type Pending = { events: ChangeEvent[]; watchers: Set<ChangeSubscriber> };

type Questions = Pick<Look, 'ask' | 'askByName'>;

/**
 * Has repositories looked at that something is told of, soon and once, in order
 * of arrival. Whatever is told, only what Bitbucket shows counts; what cannot be
 * looked at now, the next walk does, or the next reading of a file. However many
 * deliveries come, what they cost in memory and requests is bounded.
 */
export class ChangeQueue {
  readonly #client: BitbucketClient;
  readonly #index: WorkspaceIndex;
  readonly #watchers: ChangeSubscriber[];
  readonly #logger: LoggerService;
  readonly #soon = new KeyedDebouncer(key => this.#look(key));
  readonly #pending = new Map<string, Pending>();
  readonly #unknown = new Allowance(UNKNOWN);
  readonly #ended = new AbortController();

  /** @param options.watchers - in the order in which they look */
  constructor(options: {
    client: BitbucketClient;
    index: WorkspaceIndex;
    watchers: ChangeSubscriber[];
    logger: LoggerService;
  }) {
    this.#client = options.client;
    this.#index = options.index;
    this.#watchers = options.watchers;
    this.#logger = options.logger;
  }

  /** Costs no request by itself. */
  async hear(event: ChangeEvent): Promise<Heard> {
    const reasons = await Promise.all(
      this.#watchers.map(watcher => watcher.skipReason(event)),
    );
    const concerned = this.#watchers.filter(
      (_, index) => reasons[index] === undefined,
    );
    if (concerned.length === 0) {
      return { outcome: 'ignored', reason: [...new Set(reasons)].join('; ') };
    }
    const key = keyOf(event);
    const isKnown = await this.#isKnown(event);
    const pending = this.#pending.get(key);
    if (!pending) {
      const reason = this.#reasonToDefer(event, isKnown);
      if (reason !== undefined) {
        return { outcome: 'deferred', reason };
      }
    }
    this.#pending.set(key, {
      events: foldEvents(pending?.events ?? [], event),
      watchers: new Set([...(pending?.watchers ?? []), ...concerned]),
    });
    this.#soon.add(key);
    return { outcome: 'accepted' };
  }

  /** Forgets what is still to be looked at, and ends what is under way. */
  stop(): void {
    this.#ended.abort();
    this.#soon.stop();
    this.#pending.clear();
  }

  async #isKnown(event: ChangeEvent): Promise<boolean> {
    return (
      'uuid' in event &&
      (await this.#index.repositories.namesOf(event.uuid)).length > 0
    );
  }

  #reasonToDefer(event: ChangeEvent, isKnown: boolean): string | undefined {
    if (this.#pending.size >= MAX_PENDING) {
      return `${nameOf(event)} waits for the next walk or reading, since ${MAX_PENDING} others wait already`;
    }
    if (isKnown) {
      return undefined;
    }
    if (this.#unknown.waitMs('') > 0) {
      return `${nameOf(event)} waits for the next walk or reading, since too many came that are not known yet`;
    }
    this.#unknown.spend('');
    return undefined;
  }

  /** Never rejects. */
  async #look(key: string): Promise<void> {
    const { signal } = this.#ended;
    const pending = this.#pending.get(key);
    if (!pending) {
      // Everything ends.
      return;
    }
    this.#pending.delete(key);
    const { events, watchers } = pending;
    const meter = new RequestMeter();
    const context = { meter, signal, purpose: 'delivery' as const };
    const questions = this.#createQuestions(key, context);
    for (const watcher of this.#watchers.filter(one => watchers.has(one))) {
      try {
        await watcher.look({ events, context, ...questions });
      } catch (error) {
        if (signal.aborted) {
          return;
        }
        this.#logger[isRateLimitedError(error) ? 'debug' : 'warn'](
          inOneLine(
            `${nameOf(events[0])} cannot be looked at after a delivery, which the next walk makes up for: ${toError(error).message}`,
          ),
        );
      }
    }
  }

  #createQuestions(uuid: string, context: RequestContext): Questions {
    const answers = new Map<string, Promise<Repository | undefined>>();
    const find = (workspace: string, id: string) => {
      const key = `${workspace}/${id}`;
      const answer =
        answers.get(key) ??
        findRepository(this.#client, workspace, id, context);
      answers.set(key, answer);
      return answer;
    };
    const { repositories } = this.#index;
    return {
      ask: async scope => {
        const repository = await find(scope.workspace.toLowerCase(), uuid);
        await repositories.learn(scope, uuid, repository);
        await this.#index.failing.retryNow(uuid);
        return repository;
      },
      askByName: async fullName => {
        const [workspace, slug] = fullName.split('/');
        const repository = await find(workspace, slug);
        if (repository) {
          await repositories.learn({ workspace }, repository.uuid, repository);
        }
        return repository;
      },
    };
  }
}

function keyOf(event: ChangeEvent): string {
  return 'uuid' in event ? event.uuid : nameOf(event);
}

function nameOf(event: ChangeEvent): string {
  return 'uuid' in event
    ? `Repository ${event.fullName}`
    : `Project ${event.projectKey} of ${event.workspace}`;
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

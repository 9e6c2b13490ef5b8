import { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { inOneLine } from '../lib/text';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import {
  ChangeEvent,
  EventInRepository,
  isInRepository,
  ProjectEvent,
  PullRequestEvent,
  PushedBranch,
  PushEvent,
  subjectOf,
} from '../scm/changes';
import { isRateLimitedError } from '../scm/errors';
import { RequestContext, RequestMeter } from '../scm/types';
import { ChangedRepository, RepositoryHost } from './ChangedRepository';
import { Allowance, KeyedDebouncer } from './KeyedDebouncer';

/** Of the events about a repository within a second or so, the latest of each kind and name. */
const MAX_EVENTS = 8;

/** Of the branches that are pushed to at once, the latest. */
const MAX_BRANCHES = 50;

/**
 * Adds an event to the earlier ones about the same repository or project, so that a
 * burst takes no more memory than a few deliveries: one event of each kind for each
 * full name that the repository was given, the latest one last.
 */
export function foldEvents(
  earlier: readonly ChangeEvent[],
  event: ChangeEvent,
): ChangeEvent[] {
  const same = earlier.find(one => isSame(one, event));
  const others = earlier.filter(one => one !== same);
  return [...others, same ? merge(same, event) : event].slice(-MAX_EVENTS);
}

function isSame(one: ChangeEvent, other: ChangeEvent): boolean {
  return one.kind === other.kind && subjectOf(one) === subjectOf(other);
}

function merge(earlier: ChangeEvent, event: ChangeEvent): ChangeEvent {
  if (earlier.kind === 'push' && event.kind === 'push') {
    return { ...event, branches: mergeBranches(earlier, event) };
  }
  return earlier.kind === 'repository' && event.kind === 'repository'
    ? // Something else that comes late does not undo a deletion.
      { ...earlier, ...event }
    : event;
}

function mergeBranches(...events: PushEvent[]): PushedBranch[] {
  const heads = new Map<string, PushedBranch>();
  for (const branch of events.flatMap(({ branches }) => branches)) {
    // The latest one last.
    heads.delete(branch.name);
    heads.set(branch.name, branch);
  }
  return [...heads.values()].slice(-MAX_BRANCHES);
}

/**
 * As many repositories and projects wait at most. The others are left to the next
 * walk, which finds more with fewer requests.
 */
const MAX_PENDING = 2_000;

/**
 * For repositories that the index does not know, which may be made up, and for
 * projects, which take a list. What exceeds this waits for a walk.
 */
const UNKNOWN = { burst: 50, everyMs: 60_000 };

/** A push to a pull request brings several deliveries, whose order is not certain. */
const PULL_REQUEST_WAITS = { quietMs: 2_000, patienceMs: 10_000 };

/** What a batch of events is handled with. */
type Handling = {
  /** Counts the requests of all subscribers. */
  context: RequestContext & { meter: RequestMeter };
};

/** Something happened to a repository. */
export type RepositoryChange = Handling & {
  about: 'repository';
  /** Of each kind, one for each full name that it was given, the latest one last. */
  events: EventInRepository[];
  repository: ChangedRepository;
};

/** Something happened to a project. */
type ProjectChange = Handling & {
  about: 'project';
  event: ProjectEvent;
};

/** Something happened to a pull request. */
export type PullRequestChange = Handling & {
  about: 'pull-request';
  /** The latest of those that came. */
  event: PullRequestEvent;
  /** When the first of them came, in milliseconds since the epoch. */
  at: number;
};

type Kind = ChangeEvent['kind'];

type Changes = {
  push: RepositoryChange;
  repository: RepositoryChange;
  project: ProjectChange;
  'pull-request': PullRequestChange;
};

/** What a batch of events comes to, for a subscriber to some kinds of them. */
export type Change<Of extends Kind = Kind> = Changes[Of];

/** Keeps something in line with what happens at the host. */
export type ChangeSubscriber<Of extends Kind = Kind> = {
  /** The subscriber is asked about events of these kinds, and about no others. */
  readonly kinds: readonly Of[];
  /**
   * Why an event does not concern the subscriber; undefined where it may. Costs no
   * request.
   */
  skipReason(
    event: Extract<ChangeEvent, { kind: Of }>,
  ): Promise<string | undefined>;
  /** Handles a batch, some event of which concerns the subscriber. */
  handle(change: Change<Of>): Promise<void>;
};

/** What becomes of events: they are handled soon, or why not, or not now. */
type Heard =
  { outcome: 'accepted' } | { outcome: 'ignored' | 'deferred'; reason: string };

type Pending = {
  events: ChangeEvent[];
  subscribers: Set<ChangeSubscriber>;
  /** When the first of the events came. */
  at: number;
};

/**
 * The one path of changes. It gathers the events about each repository and each
 * project for a moment, and then has the subscribers handle them, in order of
 * arrival. An event only says where to look: what counts is what the host answers,
 * which all subscribers share. What cannot be handled now is left to the next walk,
 * or to the next reading of a file. However many deliveries arrive, their cost in
 * memory and requests is bounded.
 */
export class ChangeQueue {
  readonly #host: RepositoryHost;
  readonly #index: WorkspaceIndex;
  readonly #subscribers: readonly ChangeSubscriber[];
  readonly #logger: LoggerService;
  readonly #soon = new KeyedDebouncer(key => this.#handle(key));
  /** Checking a pull request takes longer than anything else, so others do not wait for it. */
  readonly #pullRequestsSoon = new KeyedDebouncer(
    key => this.#handle(key),
    PULL_REQUEST_WAITS,
  );
  readonly #pending = new Map<string, Pending>();
  readonly #unknown = new Allowance(UNKNOWN);
  readonly #ended = new AbortController();

  /** @param options.subscribers - in the order in which they handle a change */
  constructor(options: {
    host: RepositoryHost;
    index: WorkspaceIndex;
    subscribers: readonly ChangeSubscriber[];
    logger: LoggerService;
  }) {
    this.#host = options.host;
    this.#index = options.index;
    this.#subscribers = options.subscribers;
    this.#logger = options.logger;
  }

  /** Takes the events of a delivery. Costs no request by itself. */
  async hear(events: readonly ChangeEvent[]): Promise<Heard> {
    const heard: Heard[] = [];
    for (const event of events) {
      heard.push(await this.#hearOne(event));
    }
    return (
      heard.find(({ outcome }) => outcome === 'accepted') ??
      heard.find(({ outcome }) => outcome === 'deferred') ??
      heard[0] ?? { outcome: 'ignored', reason: 'it holds no event' }
    );
  }

  /** Forgets what is still to be looked at, and ends what is under way. */
  stop(): void {
    this.#ended.abort();
    this.#soon.stop();
    this.#pullRequestsSoon.stop();
    this.#pending.clear();
  }

  async #hearOne(event: ChangeEvent): Promise<Heard> {
    const asked = this.#subscribers.filter(({ kinds }) =>
      kinds.includes(event.kind),
    );
    const reasons = await Promise.all(
      asked.map(subscriber => subscriber.skipReason(event)),
    );
    const concerned = asked.filter((_, index) => reasons[index] === undefined);
    if (concerned.length === 0) {
      const reason =
        [...new Set(reasons)].join('; ') ||
        `${subjectOf(event)}: no part of this module handles events of kind ${event.kind}`;
      return { outcome: 'ignored', reason };
    }
    const key = keyOf(event);
    const isKnown = await this.#isKnown(event);
    const pending = this.#pending.get(key);
    if (!pending) {
      const reason = this.#reasonToDefer(event, isKnown);
      if (reason !== undefined) {
        await this.#leaveToWalk([event]);
        return { outcome: 'deferred', reason };
      }
    }
    this.#pending.set(key, {
      events: foldEvents(pending?.events ?? [], event),
      subscribers: new Set([...(pending?.subscribers ?? []), ...concerned]),
      at: pending?.at ?? Date.now(),
    });
    const soon =
      event.kind === 'pull-request' ? this.#pullRequestsSoon : this.#soon;
    soon.add(key);
    return { outcome: 'accepted' };
  }

  async #isKnown(event: ChangeEvent): Promise<boolean> {
    return (
      event.kind !== 'project' &&
      (await this.#index.repositories.namesOf(event.uuid)).length > 0
    );
  }

  #reasonToDefer(event: ChangeEvent, isKnown: boolean): string | undefined {
    if (this.#pending.size >= MAX_PENDING) {
      return `${subjectOf(event)} is left to the next walk or read, since ${MAX_PENDING} deliveries are already pending`;
    }
    if (isKnown) {
      return undefined;
    }
    if (this.#unknown.waitMs('') > 0) {
      return `${subjectOf(event)} is left to the next walk or read, since too many deliveries for unknown repositories have arrived`;
    }
    this.#unknown.spend('');
    return undefined;
  }

  /** Never rejects. */
  async #handle(key: string): Promise<void> {
    const { signal } = this.#ended;
    const pending = this.#pending.get(key);
    if (!pending) {
      // Everything ends.
      return;
    }
    this.#pending.delete(key);
    const { events, subscribers, at } = pending;
    const change = this.#changeOf(events, at);
    for (const subscriber of this.#subscribers.filter(one =>
      subscribers.has(one),
    )) {
      try {
        await subscriber.handle(change);
      } catch (error) {
        if (signal.aborted) {
          return;
        }
        this.#logger[isRateLimitedError(error) ? 'debug' : 'warn'](
          inOneLine(
            `A delivery for ${subjectOf(events[0])} could not be processed, and the next walk catches up: ${toError(error).message}`,
          ),
        );
        await this.#leaveToWalk(events);
      }
    }
  }

  /** A walk finds by itself what was updated, unless it requests heads one by one. Never rejects. */
  async #leaveToWalk(events: readonly ChangeEvent[]): Promise<void> {
    const uuids = events.filter(isInRepository).map(({ uuid }) => uuid);
    try {
      for (const uuid of new Set(uuids)) {
        await this.#index.repositories.heads.missed(uuid);
      }
    } catch (error) {
      this.#logger.debug(
        inOneLine(
          `The head of ${subjectOf(events[0])} is requested again when it is due, and not by the next walk: ${toError(error).message}`,
        ),
      );
    }
  }

  /** @param events - all about one repository, one project or one pull request */
  #changeOf(events: readonly ChangeEvent[], at: number): Change {
    const context = {
      meter: new RequestMeter(),
      signal: this.#ended.signal,
      purpose: 'delivery' as const,
    };
    const [event] = events;
    if (event.kind === 'project') {
      return { about: 'project', event, context };
    }
    if (event.kind === 'pull-request') {
      return { about: 'pull-request', event, at, context };
    }
    return {
      about: 'repository',
      events: events.filter(isInRepository),
      repository: new ChangedRepository({
        uuid: event.uuid,
        fullName: event.fullName,
        host: this.#host,
        index: this.#index,
        context,
      }),
      context,
    };
  }
}

function keyOf(event: ChangeEvent): string {
  switch (event.kind) {
    case 'project':
      return subjectOf(event);
    case 'pull-request':
      return `${event.uuid} ${event.pullRequest.number}`;
    default:
      return event.uuid;
  }
}

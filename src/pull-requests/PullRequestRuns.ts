import pLimit from 'p-limit';
import {
  ChangeSubscriber,
  PullRequestChange,
} from '../changes/ChangeSubscriber';
import { PullRequestEvent, subjectOf } from '../scm/changes';
import { RequestContext } from '../scm/types';
import { CheckRun } from './CheckRun';
import { RunTools } from './RunTools';
import { PullRequestRecord, RunRecord, RunTrigger } from './records';
import { RunsStatus } from './RunHistory';
import { lacksComment, RunEvent, StoredRun } from './StoredRun';
import { Place, RunPlaces } from './RunPlaces';
import { MergeFollower } from './MergeFollower';
import { isFromFork } from '../scm/pullRequests';
import { SingleFlight } from '../lib/sharing';
import { afterFailure } from './outcomes';
import { toError } from '@backstage/errors';

/** Runs at the same time in this process. Each waits for many requests. */
const CONCURRENCY = 4;

/** How often a replica renews its claim on a run, also while the run waits for its turn. */
const HEARTBEAT_MS = 30_000;

/** The time limit of a run, so that four runs that hang do not block all others. */
const MAX_RUN_MS = 15 * 60_000;

/** How many heads are checked one after the other if each turns out to be outdated. */
const MAX_HEADS = 3;

/** Outcomes after which an event does not start another check of the same head. */
const SETTLED: RunRecord['outcome'][] = [
  'running',
  'passed',
  'failed',
  'irrelevant',
  // It is tried again by itself.
  'waiting',
];

/**
 * Checks pull requests when something happens to them, once for each head and
 * destination, whichever replica gets the event.
 */
export class PullRequestRuns implements ChangeSubscriber<'pull-request'> {
  readonly kinds = ['pull-request'] as const;
  readonly #tools: RunTools;
  readonly #places: RunPlaces;
  readonly #merges: MergeFollower;
  readonly #queue = pLimit(CONCURRENCY);
  readonly #records = new SingleFlight<PullRequestRecord | undefined>();
  readonly #ended = new AbortController();

  constructor(tools: RunTools) {
    this.#tools = tools;
    this.#places = new RunPlaces(tools.index, tools.providers);
    this.#merges = new MergeFollower({
      ...tools,
      tables: tools.index.catalog,
    });
  }

  async skipReason(event: PullRequestEvent): Promise<string | undefined> {
    const name = subjectOf(event);
    const match = await this.#places.match(event);
    const config = match?.provider.pullRequests;
    if (!config) {
      return `${name}: no provider with pullRequests has the repository`;
    }
    const { pullRequest, uuid } = event;
    const { number, state, isDraft } = pullRequest;
    if (state !== 'open') {
      return (await this.#tools.pullRequests.pageOf({ uuid, number }))
        ? undefined
        : `${name}: was never checked`;
    }
    if (isDraft && !config.drafts) {
      return `${name}: is a draft`;
    }
    if (isFromFork(pullRequest, uuid) && !config.forks) {
      return `${name}: comes from a fork`;
    }
    const { runs } = this.#tools;
    const known = await runs.find(event);
    return known &&
      SETTLED.includes(known.outcome) &&
      !lacksComment(known, event, config) &&
      !(await runs.isOutdated(event))
      ? `${name}: this head is already checked`
      : undefined;
  }

  /** Waits for the run to end. */
  async handle(change: PullRequestChange): Promise<void> {
    const { event } = change;
    try {
      await this.#handle(change);
    } catch (error) {
      this.#warn(event, error);
    }
  }

  async #handle({ event, context, at }: PullRequestChange): Promise<void> {
    if (event.pullRequest.state === 'open') {
      await this.start(event, { by: 'delivery', at }, context);
    } else {
      await this.#merges.close(event);
    }
  }

  /**
   * Makes the run of an event, if none is made of it elsewhere, and of the newer head
   * if there is one.
   *
   * @param options.again - makes it also if it was made before
   */
  async start(
    event: RunEvent,
    trigger: RunTrigger,
    context: RequestContext,
    options: { again?: boolean } = {},
  ): Promise<void> {
    const place = await this.#places.find(event, context);
    if (!place) {
      return;
    }
    const { runs } = this.#tools;
    const isOutdated = await runs.isOutdated(event);
    const known = await runs.find(event);
    if (!isOutdated && known && lacksComment(known, event, place.config)) {
      await runs.noteEvent(event);
      await this.#postComment(event, place);
      return;
    }
    const run = isOutdated
      ? await runs.reopen(event)
      : await this.#begin(event, place, trigger, options);
    if (run) {
      await this.#finish(run, place, context);
    }
  }

  /**
   * Makes a run in the background, also if it was made before.
   *
   * @returns the id of the page that will show the result, also if it is an error
   */
  async startInBackground(event: RunEvent, place: Place): Promise<string> {
    const context: RequestContext = { purpose: 'pull-request' };
    const trigger: RunTrigger = { by: 'request', at: this.#tools.now() };
    const run = await this.#begin(event, place, trigger, { again: true });
    if (run) {
      this.#finish(run, place, context).catch(error =>
        this.#warn(event, error),
      );
    }
    return this.#save(event, place);
  }

  /** Continues the runs that are due, or whose replica has died. */
  async resumeDue(signal: AbortSignal): Promise<void> {
    const { runs } = this.#tools;
    await Promise.all(
      (await runs.due()).map(async id => {
        signal.throwIfAborted();
        const run = await runs.resume(id);
        if (!run) {
          return;
        }
        try {
          const place = await this.#places.find(run.event, { signal });
          await (place
            ? this.#finish(run, place, { signal })
            : runs.save(abandoned(run)));
        } catch (error) {
          this.#warn(run.event, error);
          const { attempts, record } = run;
          const { startedAt } = record;
          const now = this.#tools.now();
          const next = afterFailure(error, { attempts, startedAt, now });
          await runs.save({ ...run, record: { ...record, ...next } });
        }
      }),
    );
  }

  /** Makes the runs of pull requests that no delivery has announced. */
  async startMissed(
    events: AsyncIterable<PullRequestEvent>,
    context: RequestContext,
  ): Promise<void> {
    for await (const event of events) {
      context.signal?.throwIfAborted();
      try {
        if ((await this.skipReason(event)) === undefined) {
          const trigger: RunTrigger = { by: 'walk', at: this.#tools.now() };
          await this.start(event, trigger, context);
        }
      } catch (error) {
        this.#warn(event, error);
      }
    }
  }

  /** Records what the catalog has ingested of merged pull requests. */
  async followMerges(): Promise<void> {
    await this.#merges.follow();
  }

  /** What the page of a pull request shows; undefined where there is none. */
  async record(pageId: string): Promise<PullRequestRecord | undefined> {
    // Anyone may ask, as often as they like.
    return this.#records.share(pageId, async () => {
      const { history, pullRequests } = this.#tools;
      await this.#merges.follow(pageId);
      const record = await pullRequests.record(pageId);
      return record && { ...record, runs: await history.ofPage(pageId) };
    });
  }

  /** How many runs there are of each outcome, and what went wrong last. */
  async status(): Promise<RunsStatus> {
    return this.#tools.history.status();
  }

  /** Deletes what has expired. */
  async prune(): Promise<void> {
    await this.#tools.pullRequests.prune();
  }

  stop(): void {
    this.#merges.stop();
    // What waits for its turn ends at once, too.
    this.#ended.abort();
  }

  async #begin(
    event: RunEvent,
    place: Place,
    trigger: RunTrigger,
    options: { again?: boolean },
  ): Promise<StoredRun | undefined> {
    const pageId = await this.#save(event, place);
    return this.#tools.runs.begin(pageId, event, { trigger, ...options });
  }

  /** Makes a run, and then that of the newer head, if there is one. */
  async #finish(
    run: StoredRun,
    place: Place,
    context: RequestContext,
  ): Promise<void> {
    const { trigger } = run.record;
    let next = await this.#make(run, place);
    for (let heads = 1; next && heads < MAX_HEADS; heads += 1) {
      const there = await this.#places.find(next, context);
      const newer: StoredRun | undefined =
        there && (await this.#begin(next, there, trigger, {}));
      next = newer && (await this.#make(newer, there!));
    }
  }

  /** @returns the event to continue with if there is a newer head */
  async #make(run: StoredRun, place: Place): Promise<RunEvent | undefined> {
    const { event } = run;
    const now = await this.#during(run, signal =>
      new CheckRun(this.#tools, { run, ...place, signal }).execute(),
    );
    const changed = now && { ...event, pullRequest: now };
    if (changed && changed.pullRequest.state !== 'open') {
      await this.#merges.close(changed);
      return undefined;
    }
    if (!changed && event.pullRequest.isDraft && place.config.comment) {
      const known = await this.#tools.runs.find(event);
      if (known && !known.isDraft) {
        const pullRequest = { ...event.pullRequest, isDraft: false };
        await this.#postComment({ ...event, pullRequest }, place);
      }
    }
    return changed;
  }

  /**
   * Posts the comment of a draft that is ready now, from the result that there is. A run
   * that is under way does so when it ends.
   */
  async #postComment(event: RunEvent, place: Place): Promise<void> {
    const run = await this.#tools.runs.reopen(event);
    if (run) {
      await this.#during(run, signal =>
        new CheckRun(this.#tools, { run, ...place, signal }).executeComment(),
      );
    }
  }

  /** Works on a run, when its turn comes. */
  async #during<T>(
    { id }: StoredRun,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { running, runs } = this.#tools;
    const heartbeat = setInterval(() => {
      // Where that fails, another replica makes the run too, and posts the same.
      runs.keepAlive(id).catch(() => {});
    }, HEARTBEAT_MS);
    heartbeat.unref();
    try {
      return await this.#queue(() => running.during(id, this.#endOf(), work));
    } finally {
      clearInterval(heartbeat);
    }
  }

  /** Aborts a run that takes too long, or at the end of the process. Such a run is tried again. */
  #endOf(): AbortSignal {
    return AbortSignal.any([
      this.#ended.signal,
      AbortSignal.timeout(MAX_RUN_MS),
    ]);
  }

  /** @returns the id of the pull request's page */
  async #save(event: RunEvent, { repository, config }: Place): Promise<string> {
    const { api, pullRequests } = this.#tools;
    const { pullRequest } = event;
    return pullRequests.save(event, pullRequest, {
      isPrivate: repository.isPrivate,
      url: api.url(repository, pullRequest.number),
      retentionMs: config.retentionMs,
    });
  }

  #warn(event: RunEvent, error: unknown): void {
    const { number } = event.pullRequest;
    this.#tools.logger.warn(
      `Pull request ${number} of ${event.fullName} could not be checked: ${toError(error).message}`,
    );
  }
}

/** A run whose repository is no longer checked. */
function abandoned(run: StoredRun): StoredRun {
  const message = 'Pull requests of this repository are not checked any more.';
  return { ...run, record: { ...run.record, outcome: 'abandoned', message } };
}

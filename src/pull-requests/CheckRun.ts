import { PullRequest } from '../scm/pullRequests';
import { Repository, RequestContext, RequestMeter } from '../scm/types';
import { CatalogCheck } from './CatalogCheck';
import { CheckResult } from './checkResult';
import { Refused } from './publish';
import { judgeReading, laterRuns, RunError } from './outcomes';
import { StoredRun } from './StoredRun';
import { RunEnding, Superseded } from './RunEnding';
import { RunFiles } from './RunFiles';
import { RunPublisher } from './RunPublisher';
import { RunRequest, RunTools } from './RunTools';
import { readBefore } from './MergeFollower';

const FULL_HASH_LENGTH = 40;

/**
 * Checks a pull request at one head, and posts the result. A run that was interrupted
 * goes on where it was: what was found is kept, and so is what was posted.
 */
export class CheckRun {
  readonly #tools: RunTools;
  readonly #run: StoredRun;
  readonly #repository: Repository;
  readonly #context: RequestContext & {
    meter: RequestMeter;
    signal: AbortSignal;
  };
  readonly #files: RunFiles;
  readonly #publisher: RunPublisher;
  readonly #check: CatalogCheck;
  readonly #ending: RunEnding;
  /** Whether the host has listed the files of another head. */
  #isListOfAnother = false;

  constructor(tools: RunTools, request: RunRequest) {
    this.#tools = tools;
    this.#run = request.run;
    this.#repository = request.repository;
    this.#context = {
      meter: new RequestMeter(),
      signal: request.signal,
      purpose: 'pull-request',
    };
    this.#files = new RunFiles({
      index: tools.index,
      record: request.run.record,
      pullRequest: request.run.event.pullRequest,
      repository: request.repository,
      context: this.#context,
    });
    this.#check = new CatalogCheck(tools, request, {
      files: this.#files,
      context: this.#context,
    });
    this.#ending = new RunEnding(tools, request, this.#context);
    this.#publisher = new RunPublisher(tools, request, {
      files: this.#files,
      context: this.#context,
      save: () => this.#ending.save(),
    });
  }

  /**
   * Makes the run. Never rejects: what goes wrong is in its record.
   *
   * @returns the pull request as it is now, where it has another head or destination,
   * or is closed
   */
  async execute(): Promise<PullRequest | undefined> {
    return this.#whole(() => this.#execute());
  }

  /** Posts the comment that a run of a draft did not post. Never rejects, as {@link execute}. */
  async executeComment(): Promise<void> {
    await this.#whole(async () => {
      const { record, earlierOutcome = record.outcome } = this.#run;
      const { result, message } = record;
      const refused = result && (await this.#publisher.publishComment(result));
      await this.#ending.endAfterPosting(refused, earlierOutcome, message);
      return undefined;
    });
  }

  async #whole(
    work: () => Promise<PullRequest | undefined>,
  ): Promise<PullRequest | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!this.#context.signal.aborted && !(error instanceof Superseded)) {
        await this.#ending.endAfterFailure(error);
      }
      return undefined;
    }
  }

  async #execute(): Promise<PullRequest | undefined> {
    const { record } = this.#run;
    if (!record.result) {
      const found = await this.#check.findFiles();
      if (found === 'irrelevant') {
        return this.#endIrrelevant();
      }
      this.#isListOfAnother = found === 'of another head';
    }
    const changed = await this.#verify();
    if (changed) {
      return changed;
    }
    if (!record.result) {
      record.result = await this.#check.check();
      this.#run.before = await readBefore(
        this.#tools.index.catalog,
        record.result,
      );
      record.endedAt = this.#tools.now();
      await this.#ending.save();
    }
    await this.#publish(record.result);
    return undefined;
  }

  /**
   * Asks whether the pull request still is as the event says, which may be old or
   * forged. If it is, no other run of it goes on.
   */
  async #verify(): Promise<PullRequest | undefined> {
    const { api, history, running, runs } = this.#tools;
    const { record, pageId, id, event } = this.#run;
    const { pullRequest } = event;
    const now = await api.read(
      this.#repository,
      pullRequest.number,
      this.#context,
    );
    const all = await history.ofPage(pageId);
    const known = {
      begun: pullRequest,
      startedAt: record.startedAt,
      others: all.filter(one => one.id !== id),
    };
    const { namedInstead } = record;
    const reading = judgeReading({ ...known, read: now, namedInstead });
    if (reading === 'closed' || reading === 'superseded') {
      await this.#ending.end({
        outcome: this.#run.earlierOutcome ?? reading,
      });
      return now;
    }
    if (reading === 'outdated') {
      const { earlierOutcome = 'superseded' } = this.#run;
      await this.#ending.end({ outcome: earlierOutcome });
      throw new Superseded('There is an event about a newer commit');
    }
    const { source, destination } = now;
    if (reading === 'stale') {
      record.namedInstead = { head: source.commit, branch: destination.branch };
    }
    if (reading === 'stale' || this.#isListOfAnother) {
      throw new RunError(
        'Bitbucket does not show this commit as the head of the pull request yet',
      );
    }
    record.namedInstead = undefined;
    await this.#noteDraft(now);
    // What was read may be older than what began later runs.
    const goOn = [id, ...laterRuns(known).map(run => run.id)];
    running.abort(await runs.endOthers(pageId, goOn, 'superseded'));
    await runs.markNewest(id);
    if (record.head.length < FULL_HASH_LENGTH) {
      record.head = await api.fullHash(
        { fullName: this.#files.headName },
        record.head,
        this.#context,
      );
    }
    return undefined;
  }

  /** A draft may be ready by now, and the other way round. */
  async #noteDraft({ isDraft, updatedAt = 0 }: PullRequest): Promise<void> {
    const { event } = this.#run;
    const { pullRequest } = event;
    const isOlder = updatedAt < (pullRequest.updatedAt ?? 0);
    if (isDraft !== pullRequest.isDraft && !isOlder) {
      pullRequest.isDraft = isDraft;
      await this.#tools.runs.noteEvent(event);
    }
  }

  async #publish(result: CheckResult): Promise<void> {
    const refused = await this.#publisher.publish(result);
    const isFailed = result.findings.some(
      ({ severity }) => severity === 'error',
    );
    await this.#ending.endAfterPosting(
      refused,
      isFailed ? 'failed' : 'passed',
      this.#check.note,
    );
  }

  /**
   * A head without catalog files gets no report, but an earlier one may have had one. That
   * is not corrected where there may be catalog files among those that were not looked at.
   */
  async #endIrrelevant(): Promise<PullRequest | undefined> {
    let refused: Refused | undefined;
    const isCertain = this.#check.note === undefined;
    if (isCertain && (await this.#publisher.hasLeftovers())) {
      const changed = await this.#verify();
      if (changed) {
        return changed;
      }
      refused = await this.#publisher.correctLeftovers();
    }
    await this.#ending.endAfterPosting(refused, 'irrelevant', this.#check.note);
    return undefined;
  }
}

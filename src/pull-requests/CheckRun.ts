import { inOneLine } from '../lib/text';
import { isSameCommit, PullRequest } from '../scm/pullRequests';
import { Repository, RequestContext, RequestMeter } from '../scm/types';
import { CatalogCheck } from './CatalogCheck';
import { CheckResult } from './checkResult';
import { Refused } from './publish';
import {
  afterFailure,
  afterRefusal,
  failureInLog,
  failureInWords,
  isAttempt,
  NextStep,
  outcomeInWords,
} from './outcomes';
import { StoredRun } from './StoredRun';
import { count } from './resultText';
import { RunFiles } from './RunFiles';
import { RunPublisher } from './RunPublisher';
import { isForbiddenError, isUnauthorizedError } from '../scm/errors';
import { RunRecord } from './records';
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
  /** Of earlier attempts. */
  readonly #requests: number;

  constructor(tools: RunTools, request: RunRequest) {
    this.#tools = tools;
    this.#run = request.run;
    this.#repository = request.repository;
    this.#requests = request.run.record.requests;
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
    this.#publisher = new RunPublisher(tools, request, {
      files: this.#files,
      context: this.#context,
      save: () => this.#save(),
    });
  }

  /**
   * Makes the run. Never rejects: what goes wrong is in its record.
   *
   * @returns the pull request as it is now, where it has another head or destination,
   * or is closed
   */
  async execute(): Promise<PullRequest | undefined> {
    try {
      return await this.#execute();
    } catch (error) {
      if (!this.#context.signal.aborted && !(error instanceof Superseded)) {
        await this.#endAfterFailure(error);
      }
      return undefined;
    }
  }

  async #endAfterFailure(error: unknown): Promise<void> {
    const { attempts } = this.#run;
    const next = afterFailure(error, { attempts, ...this.#times });
    if (isForbiddenError(error) || isUnauthorizedError(error)) {
      this.#warnOfRefusal({ what: 'read', error }, next);
    }
    if (!isAttempt(error)) {
      this.#run.attempts -= 1;
    }
    await this.#end(next, failureInLog(error));
  }

  async #execute(): Promise<PullRequest | undefined> {
    const { record } = this.#run;
    if (!record.result && !(await this.#check.findFiles()).isRelevant) {
      return this.#endIrrelevant();
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
      await this.#save();
    }
    await this.#publish(record.result);
    return undefined;
  }

  /**
   * Asks whether the pull request still is as the event says, which may be old or
   * forged. If it is, no other run of it goes on.
   */
  async #verify(): Promise<PullRequest | undefined> {
    const { api, running, runs } = this.#tools;
    const { record, pageId, id, event } = this.#run;
    const { number, source, destination } = event.pullRequest;
    const now = await api.read(this.#repository, number, this.#context);
    const isSame =
      isSameCommit(now.source.commit, source.commit) &&
      now.destination.branch === destination.branch;
    if (now.state !== 'open' || !isSame) {
      const ended = now.state === 'open' ? 'superseded' : 'closed';
      await this.#end({ outcome: this.#run.earlierOutcome ?? ended });
      return now;
    }
    running.abort(await runs.endOthers(pageId, id, 'superseded'));
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

  async #publish(result: CheckResult): Promise<void> {
    const refused = await this.#publisher.publish(result);
    const isFailed = result.findings.some(
      ({ severity }) => severity === 'error',
    );
    await this.#endAfter(refused, isFailed ? 'failed' : 'passed');
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
    await this.#endAfter(refused, 'irrelevant');
    return undefined;
  }

  async #endAfter(
    refused: Refused | undefined,
    outcome: RunRecord['outcome'],
  ): Promise<void> {
    if (!refused) {
      if (outcome !== 'irrelevant') {
        this.#tools.warned.clear();
      }
      await this.#end({ outcome, message: this.#check.note });
      return;
    }
    const message = failureInWords(refused.error);
    const next = afterRefusal(message, this.#times);
    this.#run.attempts -= 1;
    this.#warnOfRefusal(refused, next);
    await this.#end(next, failureInLog(refused.error));
  }

  /** One line for each thing that the credential may not do, until it may. */
  #warnOfRefusal({ what, error }: Refused, { outcome }: NextStep): void {
    const { api, index, logger, metrics, warned } = this.#tools;
    metrics.postRefused({ what });
    if (warned.has(what)) {
      return;
    }
    warned.add(what);
    const scope = what === 'comment' ? api.scopes.comment : api.scopes.report;
    const key = index.host.names.configKeys.integration;
    const needs = isForbiddenError(error)
      ? ` The credential in ${key} needs ${scope}.`
      : '';
    const again =
      outcome === 'waiting'
        ? 'It is tried again in half an hour.'
        : 'It is not tried again before the next event.';
    const done = what === 'read' ? 'read' : `given its ${what}`;
    logger.warn(
      inOneLine(
        `Pull request ${this.#name} could not be ${done}.${needs} ${again} ${error.message}`,
      ),
    );
  }

  get #times() {
    return {
      startedAt: this.#run.record.startedAt,
      now: this.#tools.now(),
    };
  }

  get #name(): string {
    const { pullRequest } = this.#run.event;
    return `${pullRequest.number} of ${this.#repository.fullName}`;
  }

  /** @throws where another run has superseded this one */
  async #save(): Promise<void> {
    const { record } = this.#run;
    record.requests = this.#requests + this.#context.meter.requests;
    const { runs } = this.#tools;
    const { id, published } = this.#run;
    if (!(await runs.save(this.#run))) {
      // What was posted is there all the same.
      await runs.savePublished(id, published);
      throw new Superseded('Another run has superseded this one');
    }
    this.#context.signal.throwIfAborted();
  }

  /** @param why - for the log, where an error is the reason */
  async #end(next: NextStep, why?: string): Promise<void> {
    const { logger, metrics, now, runs } = this.#tools;
    const { record } = this.#run;
    Object.assign(record, { retryAt: undefined, message: undefined }, next);
    record.endedAt ??= now();
    record.requests = this.#requests + this.#context.meter.requests;
    await runs.save(this.#run);
    const { outcome, requests, trigger, result } = record;
    metrics.runEnded({
      result: outcome,
      seconds: result && (now() - trigger.at) / 1_000,
    });
    const line = inOneLine(
      `Pull request ${this.#name} at ${record.head.slice(0, 12)}: ${outcomeInWords(record, why)}; ${count(requests, 'request')}`,
    );
    const isQuiet = outcome === 'irrelevant' && record.message === undefined;
    logger[isQuiet ? 'debug' : 'info'](line);
  }
}

/** Another run of the same pull request goes on, and this one must not. */
class Superseded extends Error {}

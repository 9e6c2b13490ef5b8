import { inOneLine } from '../lib/text';
import { isForbiddenError, isUnauthorizedError } from '../scm/errors';
import { RequestContext, RequestMeter } from '../scm/types';
import {
  afterFailure,
  afterRefusal,
  failureInLog,
  failureInWords,
  isAttempt,
  NextStep,
  outcomeInWords,
} from './outcomes';
import { Refused } from './publish';
import { RunRecord } from './records';
import { count } from './resultText';
import { RunRequest, RunTools } from './RunTools';
import { StoredRun } from './StoredRun';

/** Another run of the same pull request goes on, and this one must not. */
export class Superseded extends Error {}

/** Saves the progress of a run, and reports its outcome in the log and the metrics. */
export class RunEnding {
  readonly #tools: RunTools;
  readonly #run: StoredRun;
  readonly #fullName: string;
  readonly #context: RequestContext & {
    meter: RequestMeter;
    signal: AbortSignal;
  };
  /** Of earlier attempts. */
  readonly #requests: number;

  constructor(
    tools: RunTools,
    { run, repository }: RunRequest,
    context: RequestContext & { meter: RequestMeter; signal: AbortSignal },
  ) {
    this.#tools = tools;
    this.#run = run;
    this.#fullName = repository.fullName;
    this.#context = context;
    this.#requests = run.record.requests;
  }

  async endAfterFailure(error: unknown): Promise<void> {
    const { attempts } = this.#run;
    const next = afterFailure(error, { attempts, ...this.#times });
    if (isForbiddenError(error) || isUnauthorizedError(error)) {
      this.#warnOfRefusal({ what: 'read', error }, next);
    }
    if (!isAttempt(error)) {
      this.#run.attempts -= 1;
    }
    await this.end(next, failureInLog(error));
  }

  async endAfterPosting(
    refused: Refused | undefined,
    outcome: RunRecord['outcome'],
    note: string | undefined,
  ): Promise<void> {
    if (!refused) {
      if (outcome !== 'irrelevant') {
        this.#tools.warned.clear();
      }
      await this.end({ outcome, message: note });
      return;
    }
    const message = failureInWords(refused.error);
    const next = afterRefusal(message, this.#times);
    this.#run.attempts -= 1;
    this.#warnOfRefusal(refused, next);
    await this.end(next, failureInLog(refused.error));
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
    return `${pullRequest.number} of ${this.#fullName}`;
  }

  /** @throws where another run has superseded this one */
  async save(): Promise<void> {
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
  async end(next: NextStep, why?: string): Promise<void> {
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

import { LoggerService } from '@backstage/backend-plugin-api';
import { ProviderConfig } from '../config/types';
import { PullRequestsConfig } from '../config/types';
import { inOneLine } from '../lib/text';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { isSameCommit, PullRequest, PullRequestApi } from '../scm/pullRequests';
import { Repository, RequestContext, RequestMeter } from '../scm/types';
import { checkFiles, CheckServices, TouchedFile } from './checks/checkFiles';
import { CheckResult } from './checkResult';
import { publish, Refused } from './publish';
import { PullRequestStore } from './PullRequestStore';
import { loadCatalogFiles, relevantFiles } from './relevantFiles';
import { reportKey, toPosting } from './report';
import { afterFailure, afterRefusal, inWords, NextStep } from './outcomes';
import { RunStore, StoredRun } from './RunStore';
import { Metrics } from '../metrics/Metrics';
import { RunFiles } from './RunFiles';
import { readEntityStates } from '../catalog-tables/processing';
import { RunningRuns } from './RunningRuns';

/** More files of a pull request are not checked, so that one costs no more than so many requests. */
const MAX_FILES = 25;

/** A replica that makes a run says so this often. */
const HEARTBEAT_MS = 30_000;

const FULL_HASH_LENGTH = 40;

/** What a run needs, apart from what it checks. */
export type RunTools = {
  index: WorkspaceIndex;
  api: PullRequestApi;
  runs: RunStore;
  running: RunningRuns;
  pullRequests: PullRequestStore;
  /** All of them, since any may read a file that is touched. */
  providers: readonly ProviderConfig[];
  catalog: CheckServices['catalog'];
  credentials: CheckServices['credentials'];
  /** Tells this Backstage from others that report on the same commit. */
  instance: string;
  /** The address of the page of a pull request; undefined where there is none that is public. */
  linkOf(pageId: string, config: PullRequestsConfig): string | undefined;
  metrics: Pick<Metrics, 'runEnded' | 'postRefused'>;
  logger: LoggerService;
  now(): number;
};

/** A run to be made. */
export type RunRequest = {
  run: StoredRun;
  /** That the pull request is to be merged into. */
  repository: Repository;
  config: PullRequestsConfig;
  signal: AbortSignal;
};

/**
 * Checks a pull request at one head, and posts the result. A run that was interrupted
 * goes on where it was: what was found is kept, and so is what was posted.
 */
export class CheckRun {
  readonly #tools: RunTools;
  readonly #run: StoredRun;
  readonly #repository: Repository;
  readonly #config: PullRequestsConfig;
  readonly #context: RequestContext & {
    meter: RequestMeter;
    signal: AbortSignal;
  };
  readonly #files: RunFiles;
  /** Of earlier attempts. */
  readonly #requests: number;

  constructor(tools: RunTools, request: RunRequest) {
    this.#tools = tools;
    this.#run = request.run;
    this.#repository = request.repository;
    this.#config = request.config;
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
  }

  /**
   * Makes the run. Never rejects: what goes wrong is in its record.
   *
   * @returns the pull request as it is now, where it has another head or destination,
   * or is closed
   */
  async execute(): Promise<PullRequest | undefined> {
    const { runs, now } = this.#tools;
    const { id, attempts } = this.#run;
    const heartbeat = setInterval(() => {
      // Where that fails, another replica makes the run too, and posts the same.
      runs.keepAlive(id).catch(() => {});
    }, HEARTBEAT_MS);
    try {
      return await this.#execute();
    } catch (error) {
      if (!this.#context.signal.aborted) {
        await this.#end(afterFailure(error, attempts, now()));
      }
      return undefined;
    } finally {
      clearInterval(heartbeat);
    }
  }

  async #execute(): Promise<PullRequest | undefined> {
    const { record } = this.#run;
    const files = record.result ? [] : await this.#findFiles();
    if (!files) {
      await this.#end({ outcome: 'irrelevant' });
      return undefined;
    }
    const changed = await this.#verify();
    if (changed) {
      return changed;
    }
    if (!record.result) {
      record.result = await this.#check(files);
      this.#run.before = await this.#hashesBefore(record.result);
      record.endedAt = this.#tools.now();
      await this.#save();
    }
    await this.#publish(record.result);
    return undefined;
  }

  /** The catalog files that the pull request touches; undefined where there are none. One request. */
  async #findFiles(): Promise<TouchedFile[] | undefined> {
    const { api, index, providers } = this.#tools;
    const { record, event } = this.#run;
    const { pullRequest } = event;
    const { files, head } = await api.listFiles(
      this.#repository,
      pullRequest,
      this.#context,
    );
    record.head = head ?? record.head;
    record.touchedFiles = files.length;
    const catalog = await loadCatalogFiles(
      index,
      providers,
      this.#repository,
      pullRequest.destination.branch,
    );
    const relevant = relevantFiles(files, catalog);
    return relevant.length > 0 ? relevant : undefined;
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
      await this.#end({
        outcome: now.state === 'open' ? 'superseded' : 'closed',
      });
      return now;
    }
    running.abort(await runs.endOthers(pageId, id, 'superseded'));
    if (record.head.length < FULL_HASH_LENGTH) {
      record.head = await api.fullHash(
        { fullName: this.#files.headName },
        record.head,
        this.#context,
      );
    }
    return undefined;
  }

  async #check(files: readonly TouchedFile[]): Promise<CheckResult> {
    const { index, catalog, credentials, now } = this.#tools;
    const { record, event } = this.#run;
    const { fullName, isPrivate } = this.#repository;
    const checked = files.slice(0, MAX_FILES);
    const result = await checkFiles(
      {
        repository: { fullName, isPrivate },
        head: record.head,
        branch: event.pullRequest.destination.branch,
        files: checked,
        settings: this.#config,
      },
      {
        catalog,
        credentials,
        tables: index.catalog,
        urls: index.host.urls,
        read: (side, path) =>
          this.#files.read(side, path, {
            isListed: checked.some(
              file => file.isTouched && file.path === path,
            ),
          }),
        signal: this.#context.signal,
        now,
      },
    );
    return checked.length < files.length
      ? withUncheckedFiles(result, files.length)
      : result;
  }

  /** Of what the catalog has now of the entities that it is to change. */
  async #hashesBefore({ plan }: CheckResult): Promise<Record<string, string>> {
    const states = await readEntityStates(
      this.#tools.index.catalog,
      plan.map(({ entityRef }) => entityRef),
    );
    return Object.fromEntries(
      [...states].map(([entityRef, { hash }]) => [entityRef, hash]),
    );
  }

  async #publish(result: CheckResult): Promise<void> {
    const { api, instance, linkOf, pullRequests, now } = this.#tools;
    const { record, pageId, published, event } = this.#run;
    const { number, isDraft, source, destination } = event.pullRequest;
    const { uuid } = this.#repository;
    const pullRequestUrl = api.url(this.#repository, number);
    const comment = await pullRequests.comment(pageId);
    const posting = toPosting({
      result,
      config: this.#config,
      limits: api.limits,
      key: reportKey(instance, uuid, destination.branch),
      pullRequest: { isDraft, isFork: this.#files.isFork, source, destination },
      head: record.head,
      pullRequestUrl,
      link: linkOf(pageId, this.#config),
      durationMs: (record.endedAt ?? now()) - record.startedAt,
      hadFailed: published.hasFailed,
      hasComment: comment.id !== undefined,
    });
    const refused = await publish(
      {
        run: this.#run,
        posting,
        at: { fullName: this.#files.headName, hash: record.head },
        repository: this.#repository,
        pullRequestUrl,
      },
      {
        api,
        pullRequests,
        save: () => this.#save(),
        context: this.#context,
        now,
      },
    );
    if (refused) {
      this.#warnOfRefusal(refused);
      const { attempts } = this.#run;
      await this.#end(afterRefusal(refused.message, attempts, now()));
    } else {
      const isFailed = result.findings.some(
        ({ severity }) => severity === 'error',
      );
      await this.#end({ outcome: isFailed ? 'failed' : 'passed' });
    }
  }

  #warnOfRefusal({ what, message }: Refused): void {
    const { api, index, logger, metrics } = this.#tools;
    metrics.postRefused({ what });
    const scope = what === 'comment' ? api.scopes.comment : api.scopes.report;
    logger.warn(
      `The result for pull request ${this.#name} could not be posted (${what}), and is tried again in half an hour: the credential in ${index.host.names.configKeys.integration} needs ${scope}. ${message}`,
    );
  }

  get #name(): string {
    const { pullRequest } = this.#run.event;
    return `${pullRequest.number} of ${this.#repository.fullName}`;
  }

  /** @throws where another run has superseded this one */
  async #save(): Promise<void> {
    const { record } = this.#run;
    record.requests = this.#requests + this.#context.meter.requests;
    this.#context.signal.throwIfAborted();
    if (!(await this.#tools.runs.save(this.#run))) {
      throw new Error('Another run has superseded this one');
    }
  }

  async #end(next: NextStep): Promise<void> {
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
      `Pull request ${this.#name} at ${record.head.slice(0, 12)}: ${inWords(record)}; ${requests} requests`,
    );
    logger[outcome === 'irrelevant' ? 'debug' : 'info'](line);
  }
}

function withUncheckedFiles(result: CheckResult, total: number): CheckResult {
  const message = `This pull request touches ${total} catalog files, of which the first ${MAX_FILES} were checked. Split it to have all of them checked.`;
  return {
    ...result,
    findings: [
      ...result.findings,
      { rule: 'unchecked', severity: 'note', rejects: 'nothing', message },
    ],
  };
}

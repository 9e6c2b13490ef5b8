import { PullRequestsConfig } from '../config/types';
import { isSameCommit, PullRequest } from '../scm/pullRequests';
import { Repository, RequestContext, RequestMeter } from '../scm/types';
import { checkFiles } from './checks/checkFiles';
import { TouchedFile } from './checks/checkRequest';
import { CheckResult, Finding } from './checkResult';
import { Refused } from './publish';
import { loadCatalogFiles, relevantFiles } from './relevantFiles';
import { judgeReading, laterRuns, RunError } from './outcomes';
import { StoredRun } from './StoredRun';
import { RunEnding, Superseded } from './RunEnding';
import { RunFiles } from './RunFiles';
import { RunPublisher } from './RunPublisher';
import { RunRequest, RunTools } from './RunTools';
import { readBefore } from './MergeFollower';

/** More files of a pull request are not checked, so that one costs no more than so many requests. */
const MAX_FILES = 25;

const FULL_HASH_LENGTH = 40;

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
  readonly #publisher: RunPublisher;
  readonly #ending: RunEnding;
  /** What was not looked into, for people. */
  #note?: string;
  /** Whether the host has listed the files of another head. */
  #isListOfAnother = false;

  constructor(tools: RunTools, request: RunRequest) {
    this.#tools = tools;
    this.#run = request.run;
    this.#repository = request.repository;
    this.#config = request.config;
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

  /** Posts the comment that a run of a draft did not post. Never rejects, likewise. */
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
    const files = record.result ? [] : await this.#findFiles();
    if (!files) {
      return this.#endIrrelevant();
    }
    const changed = await this.#verify();
    if (changed) {
      return changed;
    }
    if (!record.result) {
      record.result = await this.#check(files);
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
   * The catalog files that the pull request touches; undefined where there are none, and
   * none in the list of another head. One request.
   */
  async #findFiles(): Promise<TouchedFile[] | undefined> {
    const { api, index, providers } = this.#tools;
    const { record, event } = this.#run;
    const { pullRequest } = event;
    const { files, head, isComplete } = await api.listFiles(
      this.#repository,
      pullRequest,
      this.#context,
    );
    if (head !== undefined && !isSameCommit(head, pullRequest.source.commit)) {
      this.#isListOfAnother = true;
      return [];
    }
    record.head = head ?? record.head;
    record.touchedFiles = files.length;
    if (!isComplete) {
      this.#note = `The pull request changes more than ${files.length} files; catalog files among the others were not checked.`;
    }
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
      throw new Superseded('There is an event of a later head');
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

  async #check(files: readonly TouchedFile[]): Promise<CheckResult> {
    const { index, catalog, credentials, now } = this.#tools;
    const { record, event } = this.#run;
    const { fullName } = this.#repository;
    const isPrivate = await this.#files.isPrivate();
    const checked = files.slice(0, MAX_FILES);
    const isCut = checked.length < files.length || this.#note !== undefined;
    const result = await checkFiles(
      {
        repository: { fullName, isPrivate },
        headName: this.#files.headName,
        head: record.head,
        branch: event.pullRequest.destination.branch,
        files: checked,
        settings: isCut
          ? // What is in the other files is not known.
            { ...this.#config, references: 'off', removals: 'off' }
          : this.#config,
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
    const cut =
      checked.length < files.length
        ? `This pull request touches ${files.length} catalog files, of which the first ${MAX_FILES} were checked. Split it to have all of them checked.`
        : undefined;
    const notes = [cut, this.#note].filter(note => note !== undefined);
    return {
      ...result,
      findings: [...result.findings, ...notes.map(toNote)],
      plan: isCut
        ? result.plan.filter(({ action }) => action !== 'remove')
        : result.plan,
    };
  }

  async #publish(result: CheckResult): Promise<void> {
    const refused = await this.#publisher.publish(result);
    const isFailed = result.findings.some(
      ({ severity }) => severity === 'error',
    );
    await this.#ending.endAfterPosting(
      refused,
      isFailed ? 'failed' : 'passed',
      this.#note,
    );
  }

  /** A head without catalog files gets no report, but an earlier one may have had one. */
  async #endIrrelevant(): Promise<PullRequest | undefined> {
    let refused: Refused | undefined;
    if (await this.#publisher.hasLeftovers()) {
      const changed = await this.#verify();
      if (changed) {
        return changed;
      }
      refused = await this.#publisher.correctLeftovers();
    }
    await this.#ending.endAfterPosting(refused, 'irrelevant', this.#note);
    return undefined;
  }
}

function toNote(message: string): Finding {
  return { rule: 'unchecked', severity: 'note', rejects: 'nothing', message };
}

import { Repository, RequestContext } from '../scm/types';
import { CheckResult } from './checkResult';
import { RunRequest, RunTools } from './RunTools';
import { publish, publishComment, Publication, Refused } from './publish';
import { mayBeThere } from './ownComment';
import { fixedComment } from './resultComment';
import { Posting, reportKey, statusKey, toPosting } from './resultReport';
import { RunFiles } from './RunFiles';
import { StoredRun } from './StoredRun';
import { isForbiddenError, isUnauthorizedError } from '../scm/errors';

/** Posts what came of a run to its pull request. */
export class RunPublisher {
  readonly #tools: RunTools;
  readonly #run: StoredRun;
  readonly #repository: Repository;
  readonly #config: RunRequest['config'];
  readonly #files: RunFiles;
  readonly #context: RequestContext;
  readonly #save: () => Promise<void>;

  /** @param options.save - saves the run, which says what was posted of it */
  constructor(
    tools: RunTools,
    { run, repository, config }: RunRequest,
    options: {
      files: RunFiles;
      context: RequestContext;
      save: () => Promise<void>;
    },
  ) {
    this.#tools = tools;
    this.#run = run;
    this.#repository = repository;
    this.#config = config;
    this.#files = options.files;
    this.#context = options.context;
    this.#save = options.save;
  }

  /** @returns what the credential may not post; undefined where all was posted */
  async publish(result: CheckResult): Promise<Refused | undefined> {
    const posting = await this.#toPosting(result);
    const refused = await publish(this.#publication(posting), this.#post);
    return refused ?? this.#endOldStatuses();
  }

  /** Posts the comment alone. */
  async publishComment(result: CheckResult): Promise<Refused | undefined> {
    const { comment: text, mayCreateComment: mayBeNew } =
      await this.#toPosting(result);
    return text === undefined
      ? undefined
      : publishComment(
          { text, mayBeNew },
          this.#publication(undefined),
          this.#post,
        );
  }

  async #toPosting(result: CheckResult): Promise<Posting> {
    const { linkOf, pullRequests, now, api } = this.#tools;
    const { record, pageId, published, event } = this.#run;
    const { isDraft, source, destination } = event.pullRequest;
    const comment = await pullRequests.comment(pageId);
    return toPosting({
      result,
      config: this.#config,
      limits: api.limits,
      key: reportKey(
        this.#tools.instance,
        this.#repository.uuid,
        destination.branch,
      ),
      statusKey: this.#statusKey(destination.branch),
      pullRequest: { isDraft, isFork: this.#files.isFork, source, destination },
      head: record.head,
      pullRequestUrl: this.#url,
      link: linkOf(pageId, this.#config),
      durationMs: (record.endedAt ?? now()) - record.startedAt,
      hadFailed: published.hasFailed,
      hasComment: mayBeThere(comment),
    });
  }

  /** Whether something was posted before that a head without catalog files makes wrong. */
  async hasLeftovers(): Promise<boolean> {
    return (
      (await this.#hasOldComment()) || (await this.#oldFailures()).length > 0
    );
  }

  /** Corrects that. */
  async correctLeftovers(): Promise<Refused | undefined> {
    const refused = await this.#endOldStatuses();
    if (refused || !(await this.#hasOldComment())) {
      return refused;
    }
    return publishComment(
      { text: fixedComment(this.#run.record.head), mayBeNew: false },
      this.#publication(undefined),
      this.#post,
    );
  }

  /** Whether the comment speaks of an earlier head. */
  async #hasOldComment(): Promise<boolean> {
    const { pullRequests, history } = this.#tools;
    const { id, pageId } = this.#run;
    const comment = await pullRequests.comment(pageId);
    if (!mayBeThere(comment)) {
      return false;
    }
    const last = (await history.ofPage(pageId)).find(
      run =>
        run.id !== id &&
        run.posted.some(
          ({ what, outcome }) => what === 'comment' && outcome === 'posted',
        ),
    );
    return last?.outcome !== 'irrelevant';
  }

  /**
   * A build status cannot be deleted, and one that failed for another destination would
   * keep the pull request from being merged.
   */
  async #endOldStatuses(): Promise<Refused | undefined> {
    const { api, runs } = this.#tools;
    const { record, event } = this.#run;
    for (const old of await this.#oldFailures()) {
      try {
        await api.putStatus(
          { fullName: this.#files.headName, hash: record.head },
          {
            key: this.#statusKey(old.event.pullRequest.destination.branch),
            isPassed: true,
            name: 'Backstage catalog',
            description: 'The pull request has another target now',
            url: this.#url,
            branch: event.pullRequest.source.branch,
          },
          this.#context,
        );
      } catch (error) {
        if (isForbiddenError(error) || isUnauthorizedError(error)) {
          return { what: 'status', error };
        }
        throw error;
      }
      const { hashes, annotations } = old.published;
      await runs.savePublished(old.id, {
        annotations,
        hasFailed: false,
        // Should it be the target again, the status is posted again.
        hashes: { ...hashes, status: undefined },
      });
    }
    return undefined;
  }

  /** Runs of the same head against other destinations whose status says that they failed. */
  async #oldFailures(): Promise<StoredRun[]> {
    const { id, pageId, record } = this.#run;
    const runs = await this.#tools.history.failedOn(pageId, record.head);
    return runs.filter(run => run.id !== id);
  }

  #statusKey(branch: string): string {
    const { source } = this.#run.event.pullRequest;
    return statusKey(this.#tools.instance, this.#repository.uuid, {
      destination: branch,
      source: source.branch,
    });
  }

  get #url(): string {
    const { number } = this.#run.event.pullRequest;
    return this.#tools.api.url(this.#repository, number);
  }

  #publication<P extends Publication['posting'] | undefined>(posting: P) {
    return {
      run: this.#run,
      posting,
      at: { fullName: this.#files.headName, hash: this.#run.record.head },
      repository: this.#repository,
      pullRequestUrl: this.#url,
    };
  }

  get #post() {
    const { api, pullRequests, now } = this.#tools;
    return {
      api,
      pullRequests,
      save: this.#save,
      context: this.#context,
      now,
    };
  }
}

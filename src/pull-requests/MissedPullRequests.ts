import { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { selectionOf } from '../ingestion/filters';
import { ProviderConfig } from '../config/types';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { PullRequestEvent } from '../scm/changes';
import { PullRequestApi } from '../scm/pullRequests';
import { Repository, RequestContext } from '../scm/types';

/** Each costs a request, and there is another round a minute later. */
const MAX_REPOSITORIES = 10;

/** Of a repository, the newest: two pages. */
const MAX_PULL_REQUESTS = 100;

/** Repositories that were asked are remembered, so many of them. */
const REMEMBERED = 10_000;

/** A repository may be pushed to some time before its silence is noticed. */
const BEFORE_SILENCE_MS = 60 * 60_000;

/** When the webhook of a provider went silent; undefined while it delivers. */
export type SilentSince = (
  provider: ProviderConfig,
) => Promise<number | undefined>;

/**
 * Finds pull requests of which no delivery came. Only where walks have noticed that
 * the webhook delivers nothing, each repository that was pushed to since is asked once
 * for its open pull requests. A pull request without a push is found with its next event.
 */
export class MissedPullRequests {
  readonly #index: WorkspaceIndex;
  readonly #api: PullRequestApi;
  readonly #silentSince: SilentSince;
  readonly #logger: LoggerService;
  /** The stamps that repositories had when they were asked, by id. */
  readonly #asked = new Map<string, string>();

  constructor(options: {
    index: WorkspaceIndex;
    api: PullRequestApi;
    silentSince: SilentSince;
    logger: LoggerService;
  }) {
    this.#index = options.index;
    this.#api = options.api;
    this.#silentSince = options.silentSince;
    this.#logger = options.logger;
  }

  /** The open pull requests that may have been missed. One request for each repository. */
  async *find(
    provider: ProviderConfig,
    context: RequestContext,
  ): AsyncIterable<PullRequestEvent> {
    const since = await this.#silentSince(provider);
    if (since === undefined) {
      return;
    }
    const known = await this.#index.repositories.known(selectionOf(provider));
    const pushed = known
      .filter(one => this.#isPushed(one, since - BEFORE_SILENCE_MS))
      .slice(0, MAX_REPOSITORIES);
    for (const repository of pushed) {
      // Also where the list fails, so that one repository is not asked every minute.
      this.#remember(repository.uuid, repository.updatedOn!);
      yield* await this.#openOf(repository, context);
    }
  }

  async #openOf(
    { uuid, fullName }: Repository,
    context: RequestContext,
  ): Promise<PullRequestEvent[]> {
    const workspace = this.#index.host.workspaceOf(fullName).toLowerCase();
    const found: PullRequestEvent[] = [];
    try {
      for await (const pullRequest of this.#api.listOpen(
        { fullName },
        context,
      )) {
        found.push({
          kind: 'pull-request',
          uuid,
          fullName,
          workspace,
          pullRequest,
        });
        if (found.length >= MAX_PULL_REQUESTS) {
          break;
        }
      }
    } catch (error) {
      this.#logger.warn(
        `The open pull requests of ${fullName} could not be listed, while webhooks deliver nothing: ${toError(error).message}`,
      );
    }
    return found;
  }

  #isPushed({ uuid, updatedOn }: Repository, since: number): boolean {
    return (
      updatedOn !== undefined &&
      Date.parse(updatedOn) >= since &&
      this.#asked.get(uuid) !== updatedOn
    );
  }

  #remember(uuid: string, updatedOn: string): void {
    if (this.#asked.size >= REMEMBERED) {
      this.#asked.clear();
    }
    this.#asked.set(uuid, updatedOn);
  }
}

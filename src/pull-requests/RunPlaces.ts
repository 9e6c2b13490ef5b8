import { PullRequestsConfig } from '../config/types';
import { ProviderConfig } from '../config/types';
import { isIncluded, selectionOf } from '../ingestion/filters';
import { isInWorkspace } from '../ingestion/ProviderSubscriber';
import { needsMainBranch } from '../mirror/heads';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { Repository, RequestContext } from '../scm/types';
import { RunEvent } from './StoredRun';

/** A repository whose pull requests are checked, and how. */
export type Place = { repository: Repository; config: PullRequestsConfig };

/** A provider that has a repository; without the repository where the mirror does not know it. */
type Match = { provider: ProviderConfig; repository?: Repository };

/** Finds out which provider's settings a pull request is checked by. */
export class RunPlaces {
  readonly #index: WorkspaceIndex;
  readonly #providers: readonly ProviderConfig[];

  /** @param providers - those without `pullRequests` check nothing */
  constructor(index: WorkspaceIndex, providers: readonly ProviderConfig[]) {
    this.#index = index;
    this.#providers = providers.filter(one => one.pullRequests);
  }

  /**
   * The repository of an event, and the settings that it is checked by; undefined where
   * it is not checked. Costs a request where the mirror does not know the repository.
   */
  async find(
    event: RunEvent,
    context: RequestContext,
  ): Promise<Place | undefined> {
    const { repositories } = this.#index;
    const match = await this.match(event);
    if (!match) {
      return undefined;
    }
    const { provider } = match;
    const selection = selectionOf(provider);
    let repository =
      match.repository ??
      (await repositories.ask(selection, event.uuid, context));
    if (needsMainBranch(repository, provider)) {
      repository = await repositories.askMainBranch(
        selection,
        repository,
        context,
      );
    }
    return isIncluded(repository, provider.filters)
      ? { repository, config: provider.pullRequests! }
      : undefined;
  }

  /** The first provider that checks the pull requests of a repository. No request. */
  async match(event: RunEvent): Promise<Match | undefined> {
    for (const provider of this.#providers) {
      const [repository] = await this.#index.repositories.byUuid(
        selectionOf(provider),
        [event.uuid],
      );
      if (repository && isIncluded(repository, provider.filters)) {
        return { provider, repository };
      }
      const isQueried = provider.filters.query !== undefined;
      if (!repository && !isQueried && isInWorkspace(event, provider)) {
        return { provider };
      }
    }
    return undefined;
  }
}

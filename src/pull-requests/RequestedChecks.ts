import {
  InputError,
  NotFoundError,
  ServiceUnavailableError,
  toError,
} from '@backstage/errors';
import { isNotFoundError } from '../scm/errors';
import { isFromFork, PullRequest } from '../scm/pullRequests';
import { Repository, RequestContext } from '../scm/types';
import { PullRequestRuns } from './PullRequestRuns';
import { RunPlaces } from './RunPlaces';
import { RunTools } from './RunTools';

/** Checks pull requests because someone asks for it. */
export class RequestedChecks {
  readonly #tools: Pick<RunTools, 'api' | 'index'>;
  readonly #places: RunPlaces;
  readonly #runs: Pick<PullRequestRuns, 'startInBackground'>;

  constructor(
    tools: RunTools,
    runs: Pick<PullRequestRuns, 'startInBackground'>,
  ) {
    this.#tools = tools;
    this.#places = new RunPlaces(tools.index, tools.providers);
    this.#runs = runs;
  }

  /**
   * Checks a pull request now, whether or not its head was checked before.
   *
   * @returns where the result can be read, before it is there
   * @throws InputError for a repository whose pull requests are not checked
   */
  async check(fullName: string, number: number): Promise<{ pageId: string }> {
    const { index } = this.#tools;
    const context: RequestContext = { purpose: 'pull-request' };
    const found = await index.repositories.byName(fullName.toLowerCase());
    if (!found) {
      throw new NotFoundError(`No provider has a repository ${fullName}`);
    }
    const { uuid, fullName: name } = found.repository;
    const about = {
      uuid,
      workspace: index.host.workspaceOf(name),
      fullName: name,
    };
    const pullRequest = await this.#read(found.repository, number, context);
    const event = { ...about, pullRequest };
    const place = await this.#places.find(event, context);
    if (!place) {
      throw new InputError(
        `No provider with pullRequests has the repository ${fullName}. Add pullRequests to its provider.`,
      );
    }
    if (isFromFork(pullRequest, uuid) && !place.config.forks) {
      throw new InputError(
        `Pull request ${number} of ${fullName} comes from a fork. Set pullRequests.forks to true to have those checked.`,
      );
    }
    if (pullRequest.state !== 'open') {
      throw new InputError(
        `Pull request ${number} of ${fullName} is ${pullRequest.state}, so there is nothing to check`,
      );
    }
    return { pageId: await this.#runs.startInBackground(event, place) };
  }

  /** @throws an error whose status is not taken for one of the caller's request */
  async #read(
    repository: Repository,
    number: number,
    context: RequestContext,
  ): Promise<PullRequest> {
    const { fullName } = repository;
    try {
      return await this.#tools.api.read(repository, number, context);
    } catch (error) {
      if (isNotFoundError(error)) {
        throw new NotFoundError(
          `${fullName} has no pull request ${number}: ${error.message}`,
        );
      }
      throw new ServiceUnavailableError(
        `Pull request ${number} of ${fullName} could not be read: ${toError(error).message}`,
      );
    }
  }
}

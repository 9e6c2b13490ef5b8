import { LoggerService } from '@backstage/backend-plugin-api';
import { Look, ChangeSubscriber } from '../changes/ChangeQueue';
import { ProviderConfig } from '../config/types';
import {
  ChangeEvent,
  ProjectEvent,
  RepositoryEvent,
} from '../hosts/bitbucket-cloud/delivery';
import { RepositorySelection } from '../mirror/RepositoryStore';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { branchesToTry } from '../mirror/heads';
import { IndexedRepository } from '../mirror/repositoryRows';
import { RequestContext } from '../scm/types';
import { ProviderWalk } from './ProviderWalk';
import { summarizeLook } from './WalkReporter';
import { isIncluded } from './filters';

/** Keeps what a provider has told the catalog up to date between its walks. */
export class ProviderSubscriber implements ChangeSubscriber {
  readonly #config: ProviderConfig;
  readonly #index: WorkspaceIndex;
  readonly #logger: LoggerService;
  readonly #createWalk: (context: RequestContext) => Promise<ProviderWalk>;

  constructor(options: {
    config: ProviderConfig;
    index: WorkspaceIndex;
    logger: LoggerService;
    createWalk: (context: RequestContext) => Promise<ProviderWalk>;
  }) {
    this.#config = options.config;
    this.#index = options.index;
    this.#logger = options.logger;
    this.#createWalk = options.createWalk;
  }

  async skipReason(event: ChangeEvent): Promise<string | undefined> {
    if (!('uuid' in event)) {
      return this.#skipReasonOfProject(event);
    }
    const { repositories } = this.#index;
    const [known] = await repositories.byUuid(this.#scope, [event.uuid]);
    return known
      ? this.#skipReasonOfKnown(event, known)
      : this.#skipReasonOfUnknown(event);
  }

  async look({ events, context, ask }: Look): Promise<void> {
    const startedAt = Date.now();
    const [event] = events;
    const walk = await this.#createWalk(context);
    if ('uuid' in event) {
      await walk.look(event.uuid, ask);
    } else {
      await walk.lookAtProject(event.projectKey);
    }
    const { isNews } = walk.totals;
    this.#logger[isNews ? 'info' : 'debug'](
      summarizeLook(event, walk, {
        // All that the delivery has cost, whoever asked.
        requests: context.meter.requests,
        seconds: (Date.now() - startedAt) / 1000,
      }),
    );
  }

  get #scope(): RepositorySelection {
    const { workspace, filters } = this.#config;
    return { workspace, query: filters.query };
  }

  #skipReasonOfProject(event: ProjectEvent): string | undefined {
    const { projectKey, exclude } = this.#config.filters;
    const name = `project ${event.projectKey}`;
    if (!isInWorkspace(event, this.#config)) {
      return `${name}: not in workspace ${this.#config.workspace}`;
    }
    return projectKey || exclude.projectKey
      ? undefined
      : `${name}: nothing is filtered by projects`;
  }

  #skipReasonOfKnown(
    { fullName, branches }: RepositoryEvent,
    repository: IndexedRepository,
  ): string | undefined {
    const tracked = branchesToTry(repository, this.#config);
    // An empty repository gets its first branch.
    if (!branches || !repository.mainBranch) {
      return undefined;
    }
    if (!isIncluded(repository, this.#config.filters)) {
      return `${fullName}: left out by the filters`;
    }
    const pushed = branches.filter(({ name }) => tracked.includes(name));
    if (pushed.length === 0) {
      return `${fullName}: no branch that is read was pushed to`;
    }
    const { mainBranch } = repository;
    const isKnown = pushed.every(
      ({ name, head }) =>
        head !== undefined &&
        name === mainBranch?.name &&
        head === mainBranch.hash,
    );
    return isKnown ? `${fullName}: the pushed commit is known` : undefined;
  }

  #skipReasonOfUnknown(event: RepositoryEvent): string | undefined {
    const { workspace, filters } = this.#config;
    if (!isInWorkspace(event, this.#config)) {
      return `${event.fullName}: not in workspace ${workspace}`;
    }
    return filters.query === undefined
      ? undefined
      : `${event.fullName}: the next walk finds out whether filters.query lets it in`;
  }
}

/** Whether something has happened in the workspace of a provider. */
export function isInWorkspace(
  event: ChangeEvent,
  { workspace }: Pick<ProviderConfig, 'workspace'>,
): boolean {
  const names = [event.workspace, event.workspaceUuid];
  return names.includes(workspace.toLowerCase());
}

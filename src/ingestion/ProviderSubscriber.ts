import { LoggerService } from '@backstage/backend-plugin-api';
import { Look, RepositoryWatcher } from '../changes/ChangeQueue';
import { ProviderConfig } from '../config/types';
import {
  Hint,
  ProjectHint,
  RepositoryHint,
} from '../hosts/bitbucket-cloud/delivery';
import { Scope } from '../mirror/RepositoryStore';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { branchesToTry } from '../mirror/heads';
import { IndexedRepository } from '../mirror/repositoryRows';
import { RequestContext } from '../scm/types';
import { ProviderWalk } from './ProviderWalk';
import { summarizeLook } from './WalkReporter';
import { isIncluded } from './filters';

/** Keeps what a provider has told the catalog up to date between its walks. */
export class ProviderWatcher implements RepositoryWatcher {
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

  async reasonToPass(hint: Hint): Promise<string | undefined> {
    if (!('uuid' in hint)) {
      return this.#reasonToPassProject(hint);
    }
    const { repositories } = this.#index;
    const [known] = await repositories.byUuid(this.#scope, [hint.uuid]);
    return known
      ? this.#reasonToPassKnown(hint, known)
      : this.#reasonToPassUnknown(hint);
  }

  async look({ hints, context, ask }: Look): Promise<void> {
    const startedAt = Date.now();
    const [hint] = hints;
    const walk = await this.#createWalk(context);
    if ('uuid' in hint) {
      await walk.look(hint.uuid, ask);
    } else {
      await walk.lookAtProject(hint.projectKey);
    }
    const { isNews } = walk.totals;
    this.#logger[isNews ? 'info' : 'debug'](
      summarizeLook(hint, walk, {
        // All that the delivery has cost, whoever asked.
        requests: context.meter.requests,
        seconds: (Date.now() - startedAt) / 1000,
      }),
    );
  }

  get #scope(): Scope {
    const { workspace, filters } = this.#config;
    return { workspace, query: filters.query };
  }

  #reasonToPassProject(hint: ProjectHint): string | undefined {
    const { projectKey, exclude } = this.#config.filters;
    const name = `project ${hint.projectKey}`;
    if (!isInWorkspace(hint, this.#config)) {
      return `${name}: not in workspace ${this.#config.workspace}`;
    }
    return projectKey || exclude.projectKey
      ? undefined
      : `${name}: nothing is filtered by projects`;
  }

  #reasonToPassKnown(
    { fullName, branches }: RepositoryHint,
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

  #reasonToPassUnknown(hint: RepositoryHint): string | undefined {
    const { workspace, filters } = this.#config;
    if (!isInWorkspace(hint, this.#config)) {
      return `${hint.fullName}: not in workspace ${workspace}`;
    }
    return filters.query === undefined
      ? undefined
      : `${hint.fullName}: the next walk finds out whether filters.query lets it in`;
  }
}

/** Whether something has happened in the workspace of a provider. */
export function isInWorkspace(
  hint: Hint,
  { workspace }: Pick<ProviderConfig, 'workspace'>,
): boolean {
  const names = [hint.workspace, hint.workspaceUuid];
  return names.includes(workspace.toLowerCase());
}

import { LoggerService } from '@backstage/backend-plugin-api';
import { Change, ChangeSubscriber } from '../changes/ChangeQueue';
import { ProviderConfig } from '../config/types';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { branchesToTry } from '../mirror/heads';
import { IndexedRepository } from '../mirror/rows';
import { ChangeEvent, EventInRepository, ProjectEvent } from '../scm/changes';
import { DeliveryWalk, ProviderWalks } from './ProviderWalks';
import { isIncluded, selectionOf } from './filters';

/** The kinds of events after which a provider looks at a repository again. */
export const PROVIDER_KINDS = ['push', 'repository', 'project'] as const;

type ProviderKind = (typeof PROVIDER_KINDS)[number];

/** An event that a provider is interested in. */
export type ProviderEvent = Extract<ChangeEvent, { kind: ProviderKind }>;

/** What such events come to. */
export type ProviderChange = Change<ProviderKind>;

/** Keeps what a provider has emitted up to date between its walks. */
export class ProviderSubscriber implements ChangeSubscriber<ProviderKind> {
  readonly kinds = PROVIDER_KINDS;
  readonly #config: ProviderConfig;
  readonly #index: WorkspaceIndex;
  readonly #logger: LoggerService;
  readonly #walks: ProviderWalks;

  constructor(options: {
    config: ProviderConfig;
    index: WorkspaceIndex;
    logger: LoggerService;
    walks: ProviderWalks;
  }) {
    this.#config = options.config;
    this.#index = options.index;
    this.#logger = options.logger;
    this.#walks = options.walks;
  }

  async skipReason(event: ProviderEvent): Promise<string | undefined> {
    if (event.kind === 'project') {
      return this.#skipReasonOfProject(event);
    }
    const [known] = await this.#index.repositories.byUuid(
      selectionOf(this.#config),
      [event.uuid],
    );
    return known
      ? this.#skipReasonOfKnown(event, known)
      : this.#skipReasonOfUnknown(event);
  }

  async handle(change: ProviderChange): Promise<void> {
    const startedAt = Date.now();
    const walk = await this.#walks.afterDelivery(change.context);
    const event = await this.#walk(walk, change);
    this.#logger[walk.totals.isNews ? 'info' : 'debug'](
      walk.summarize(event, {
        // All that the delivery has cost, for every subscriber.
        requests: change.context.meter.requests,
        seconds: (Date.now() - startedAt) / 1000,
      }),
    );
  }

  /** @returns the event that gives the change its name */
  async #walk(
    walk: DeliveryWalk,
    change: ProviderChange,
  ): Promise<ProviderEvent> {
    if (change.about === 'project') {
      await walk.handleProject(change.event.projectKey);
      return change.event;
    }
    const { events, repository } = change;
    const now = await repository.current(selectionOf(this.#config));
    await walk.handle(now, repository.uuid);
    return events[0];
  }

  #skipReasonOfProject(event: ProjectEvent): string | undefined {
    const { projectKey, exclude } = this.#config.filters;
    const name = `project ${event.projectKey}`;
    if (!isInWorkspace(event, this.#config)) {
      return `${name}: not in workspace ${this.#config.workspace}`;
    }
    return projectKey || exclude.projectKey
      ? undefined
      : `${name}: the filters do not use projects`;
  }

  #skipReasonOfKnown(
    event: EventInRepository,
    repository: IndexedRepository,
  ): string | undefined {
    // An empty repository gets its first branch.
    if (event.kind !== 'push' || !repository.mainBranch) {
      return undefined;
    }
    const { fullName, branches } = event;
    const tracked = branchesToTry(repository, this.#config);
    if (!isIncluded(repository, this.#config.filters)) {
      return `${fullName}: excluded by the filters`;
    }
    const pushed = branches.filter(({ name }) => tracked.includes(name));
    if (pushed.length === 0) {
      return `${fullName}: the provider does not read the branches of the push`;
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

  #skipReasonOfUnknown(event: EventInRepository): string | undefined {
    const { workspace, filters } = this.#config;
    if (!isInWorkspace(event, this.#config)) {
      return `${event.fullName}: not in workspace ${workspace}`;
    }
    return filters.query === undefined
      ? undefined
      : `${event.fullName}: the next walk evaluates filters.query for it`;
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

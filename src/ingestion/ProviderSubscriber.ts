import { LoggerService } from '@backstage/backend-plugin-api';
import { Change, ChangeSubscriber } from '../changes/ChangeSubscriber';
import { ProviderConfig } from '../config/types';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { branchesToTry } from '../mirror/heads';
import { IndexedRepository } from '../mirror/rows';
import { ChangeEvent, EventInRepository, ProjectEvent } from '../scm/changes';
import { Repository } from '../scm/types';
import { ProviderWalks } from './ProviderWalk';
import { Reconciliation, ReconciliationTools } from './Reconciliation';
import { summarizeTotals, WalkCost } from './WalkReporter';
import { WalkTotals } from './applyPlan';
import { filterRepositories, isIncluded, selectionOf } from './filters';
import { NO_DIFFERENCES } from './planRepositories';

/** The kinds of events after which a provider looks at a repository again. */
export const PROVIDER_KINDS = ['push', 'repository', 'project'] as const;

type ProviderKind = (typeof PROVIDER_KINDS)[number];

/** An event that a provider is interested in. */
export type ProviderEvent = Extract<ChangeEvent, { kind: ProviderKind }>;

/** What such events come to. */
export type ProviderChange = Change<ProviderKind>;

/** Begins the line that ends the handling of a delivery. */
export const PROCESSED = 'Processed a delivery for';

/**
 * Looks at the few repositories that a delivery is about, as a walk would, and
 * applies what follows between the batches of walks.
 */
class DeliveryWalk {
  /** Repositories to search. */
  repositories: Repository[] = [];
  readonly totals = new WalkTotals();
  readonly #tools: ReconciliationTools;

  constructor(tools: ReconciliationTools) {
    this.#tools = tools;
  }

  /**
   * Looks at a single repository. Costs what looking into it does.
   *
   * @param repository - as it is now; undefined where the workspace has none with
   * that uuid
   */
  async handle(
    repository: Repository | undefined,
    uuid: string,
  ): Promise<void> {
    await this.#handleAll(
      repository ? [repository] : [],
      repository ? [] : [uuid],
    );
  }

  /**
   * Looks at the repositories of a project, since it may have another key. One
   * request per 100 of them, and what looking into them costs.
   */
  async handleProject(projectKey: string): Promise<void> {
    const { index, config, context } = this.#tools;
    const now = await index.repositories.askProject(
      selectionOf(config),
      projectKey,
      context,
    );
    await this.#handleAll(now, []);
  }

  /**
   * The line that ends the handling of a delivery: `Processed a delivery for acme/shop:
   * 1 catalog file, 0 added, 1 changed, 0 removed, 2 requests, 0.1 seconds`.
   */
  summarize(event: ChangeEvent, cost: WalkCost): string {
    const { totals } = this;
    const [repository] = this.repositories;
    const name =
      event.kind === 'project'
        ? `project ${event.projectKey} of ${event.workspace}`
        : (repository?.fullName ?? event.fullName);
    return `${PROCESSED} ${name}: ${summarizeTotals(totals, cost, { alwaysChanged: true })}`;
  }

  /** @param gone - uuids of repositories that were asked for and not found */
  async #handleAll(now: Repository[], gone: string[]): Promise<void> {
    const { config, holds, memory, catalog } = this.#tools;
    const reconciliation = new Reconciliation(
      this.#tools,
      {
        isWhole: false,
        hold: await holds.read(),
        listSince: (await memory.progress())?.completeSince,
        updated: new Set(now.map(({ uuid }) => uuid)),
        differences: NO_DIFFERENCES,
      },
      this.totals,
    );
    this.repositories = filterRepositories(now, config.filters);
    await reconciliation.search(this.repositories);
    const included = new Set(this.repositories);
    const excluded = now.filter(one => !included.has(one));
    const uuids = [...gone, ...excluded.map(({ uuid }) => uuid)];
    await reconciliation.addRepositories(
      [...(await catalog.ofRepositories(uuids)).values()].flat(),
      'request',
      excluded,
    );
    await reconciliation.remove({ isRecomputed: false });
  }
}

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
    const walk = new DeliveryWalk(await this.#walks.tools(change.context));
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
      return `${name}: ${this.#notInWorkspace()}`;
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
    const { filters } = this.#config;
    if (!isInWorkspace(event, this.#config)) {
      return `${event.fullName}: ${this.#notInWorkspace()}`;
    }
    return filters.query === undefined
      ? undefined
      : `${event.fullName}: the next walk evaluates filters.query for it`;
  }

  #notInWorkspace(): string {
    const { workspaceKind } = this.#index.host.names;
    return `not in ${workspaceKind} ${this.#config.workspace}`;
  }
}

/** Whether something has happened in the workspace of a provider. */
export function isInWorkspace(
  event: Pick<ChangeEvent, 'workspace' | 'workspaceUuid'>,
  { workspace }: Pick<ProviderConfig, 'workspace'>,
): boolean {
  const names = [event.workspace, event.workspaceUuid];
  return names.includes(workspace.toLowerCase());
}

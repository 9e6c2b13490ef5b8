import { ChangeEvent } from '../scm/changes';
import { Repository } from '../scm/types';
import { Reconciliation, ReconciliationTools } from './Reconciliation';
import { count } from './WalkReporter';
import { WalkTotals } from './applyPlan';
import { filterRepositories, selectionOf } from './filters';
import { NO_DIFFERENCES } from './repairs';

/** Begins the line that tells what came of a delivery. */
export const PROCESSED = 'Processed a delivery for';

/**
 * Looks at the few repositories that a delivery is about, as a walk would, and
 * applies what follows between the batches of walks.
 */
export class DeliveryWalk {
  /** Repositories to look into. */
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
   * The line that ends the handling of a delivery: `Looked at acme/shop after a
   * delivery: 1 catalog file, 0 added, 1 changed, 0 removed, 2 requests, 0.1 seconds`.
   */
  summarize(
    event: ChangeEvent,
    cost: { requests: number; seconds: number },
  ): string {
    const { totals } = this;
    const parts = [
      count(totals.found, 'catalog file', 'catalog files'),
      `${totals.added} added`,
      `${totals.changed} changed`,
      `${totals.removed} removed`,
      ...(totals.kept > 0 ? [`${totals.kept} missing but kept`] : []),
      count(cost.requests, 'request', 'requests'),
      `${cost.seconds.toFixed(1)} seconds`,
    ];
    const [repository] = this.repositories;
    const name =
      event.kind === 'project'
        ? `project ${event.projectKey} of ${event.workspace}`
        : (repository?.fullName ?? event.fullName);
    return `${PROCESSED} ${name}: ${parts.join(', ')}`;
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
    await reconciliation.lookInto(this.repositories);
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

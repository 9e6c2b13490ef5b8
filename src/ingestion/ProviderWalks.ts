import { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { EntityProviderConnection } from '@backstage/plugin-catalog-node';
import pLimit from 'p-limit';
import { CatalogSnapshot } from '../catalog-tables/CatalogSnapshot';
import { leaveToRegistrations } from '../catalog-tables/refreshKeys';
import { ProviderConfig } from '../config/types';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { ScmHost } from '../scm/ScmHost';
import { ChangeEvent } from '../scm/changes';
import { Repository, RequestContext } from '../scm/types';
import { EmittedLocations } from './EmittedLocations';
import { HeldRemovals, RemovalAllowance } from './HeldRemovals';
import { ProviderProgress, settingsOf } from './ProviderProgress';
import { ProviderWalk } from './ProviderWalk';
import { Reconciliation, ReconciliationTools } from './Reconciliation';
import { count } from './WalkReporter';
import { WalkTotals } from './applyPlan';
import { filterRepositories, Peer, selectionOf } from './filters';
import { NO_DIFFERENCES } from './planRepositories';

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

/**
 * Makes the walks of an entity provider that is connected to the catalog: those on
 * schedule and those that deliveries bring about. All of them take turns.
 */
export class ProviderWalks {
  readonly #connection: EntityProviderConnection;
  readonly #host: ScmHost;
  readonly #index: WorkspaceIndex;
  readonly #config: ProviderConfig;
  readonly #peers: readonly Peer[];
  readonly #logger: LoggerService;
  /** Applies one thing at a time, whichever walk or delivery it comes from. */
  readonly #oneAtATime = pLimit(1);

  constructor(options: {
    connection: EntityProviderConnection;
    host: ScmHost;
    index: WorkspaceIndex;
    config: ProviderConfig;
    /** The other entity providers of this module. */
    peers: readonly Peer[];
    logger: LoggerService;
  }) {
    this.#connection = options.connection;
    this.#host = options.host;
    this.#index = options.index;
    this.#config = options.config;
    this.#peers = options.peers;
    this.#logger = options.logger;
  }

  /**
   * A walk over the whole workspace. Before it begins, what someone has registered
   * by themselves is left to that registration.
   */
  async onSchedule(context: RequestContext): Promise<ProviderWalk> {
    const tools = await this.#tools(context);
    await this.#leaveRegistered(tools);
    return new ProviderWalk(tools);
  }

  /** A walk over what a delivery is about. */
  async afterDelivery(context: RequestContext): Promise<DeliveryWalk> {
    return new DeliveryWalk(await this.#tools(context));
  }

  async #leaveRegistered({
    tables,
    provider,
  }: ReconciliationTools): Promise<void> {
    try {
      await leaveToRegistrations(tables, provider);
    } catch (error) {
      this.#logger.debug(
        `Could not leave registered Locations to their registration: ${toError(error).message}`,
      );
    }
  }

  async #tools(context: RequestContext): Promise<ReconciliationTools> {
    const provider = this.#host.names.provider(this.#config.id);
    const knex = await this.#index.open();
    const tables = this.#index.catalog;
    return {
      tables,
      connection: this.#connection,
      host: this.#host,
      index: this.#index,
      config: this.#config,
      settings: settingsOf(this.#config),
      provider,
      peers: this.#peers,
      memory: new ProviderProgress(knex, provider),
      emitted: new EmittedLocations(knex, provider),
      holds: new HeldRemovals(knex, provider),
      allowance: new RemovalAllowance(knex, provider),
      catalog: new CatalogSnapshot({
        tables,
        repositories: this.#index.repositories,
        provider,
        logger: this.#logger,
      }),
      context,
      oneAtATime: this.#oneAtATime,
    };
  }
}

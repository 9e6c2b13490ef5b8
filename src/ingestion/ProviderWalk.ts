import { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { EntityProviderConnection } from '@backstage/plugin-catalog-node';
import pLimit from 'p-limit';
import { CatalogSnapshot } from '../catalog-tables/CatalogSnapshot';
import { Differences } from '../catalog-tables/differences';
import { leaveToRegistrations } from '../catalog-tables/refreshKeys';
import { ProviderConfig } from '../config/types';
import { FailingRepository } from '../mirror/FailingRepositories';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { IndexedRepository } from '../mirror/rows';
import { ScmHost } from '../scm/ScmHost';
import { Repository, RequestContext } from '../scm/types';
import { EmittedLocations } from './EmittedLocations';
import { HeldRemovals, Hold, RemovalAllowance } from './HeldRemovals';
import { Progress, ProviderProgress, settingsOf } from './ProviderProgress';
import { Reconciliation, ReconciliationTools } from './Reconciliation';
import { adoptLocations } from './adoptLocations';
import { refresh, WalkTotals } from './applyPlan';
import { filterRepositories, selectionOf } from './filters';
import { Peer } from './takeover';
import { NO_DIFFERENCES, repositoriesToRepair } from './planRepositories';

/**
 * One walk over a workspace. It asks what was updated since the last one, searches the
 * repositories whose heads have moved, whose Locations differ from what the catalog has,
 * or which failed and are due again, and applies the results as it goes. When the full
 * list of repositories has been read, or the settings are new, it compares everything;
 * that takes no request for what the mirror has.
 */
export class ProviderWalk {
  /** Whether everything is compared, and not just what differs. */
  isWhole = false;
  /** Whether anything was updated since the last walk. */
  hasUpdates = false;
  /** Repositories to search. */
  repositories: Repository[] = [];
  /** Repositories that cannot be read, and that no walk has warned of yet. */
  newlyFailing: FailingRepository[] = [];
  readonly totals = new WalkTotals();
  /** Why something is held. */
  held?: string;
  /** What an earlier walk held, and whether someone has approved it. */
  hold?: Hold;
  readonly #tools: ReconciliationTools;

  constructor(tools: ReconciliationTools) {
    this.#tools = tools;
  }

  /**
   * @throws the first fault that is not about a single repository; what was found
   * until then is in the catalog, and the next walk goes on where this one stopped
   */
  async run(): Promise<void> {
    const { index, config, memory, holds, catalog, context } = this.#tools;
    const selection = selectionOf(config);
    const before = await memory.progress();
    this.hold = await holds.read();
    const after = await this.#update();
    this.isWhole =
      this.hold?.approved !== undefined ||
      before?.settings !== after.settings ||
      before.completeSince !== after.completeSince;
    const corrected = await index.recheck(selection, context);
    const dueHeads = await index.repositories.heads.take(
      selection,
      context,
      repositories => filterRepositories(repositories, config.filters),
    );
    const differences = await catalog.differences();
    const changed = await index.repositories.known(
      selection,
      this.isWhole ? undefined : before?.version,
    );
    const retried = await index.failing.due();
    const updated = new Set([
      ...changed
        .filter(({ version }) => version > (before?.version ?? -1))
        .map(({ uuid }) => uuid),
      // What an earlier walk could not read, or has read wrongly, may have changed then.
      ...retried,
      ...corrected,
    ]);
    this.hasUpdates = changed.length > 0;
    const differing = this.isWhole
      ? []
      : await this.#known(
          [
            ...this.#toRepair(differences),
            ...corrected,
            ...retried,
            ...dueHeads,
          ],
          changed,
        );
    const candidates = [...changed, ...differing];
    // What was updated since is there, whatever another replica's clock says.
    const listedSince = this.isWhole ? (after.completeSince ?? 0) : 0;
    this.repositories = filterRepositories(
      candidates.filter(({ seenAt }) => seenAt >= listedSince),
      config.filters,
    );
    const reconciliation = new Reconciliation(
      this.#tools,
      {
        isWhole: this.isWhole,
        hold: this.hold,
        listSince: after.completeSince,
        updated,
        dueHeads: new Set(dueHeads),
        differences,
      },
      this.totals,
    );
    await reconciliation.search(this.repositories);
    this.newlyFailing = await index.failing.announce(
      this.totals.skipped
        .filter(({ reason }) => reason === 'failing')
        .map(({ repository }) => repository.uuid),
    );
    if (differences) {
      await this.#addUnlisted(reconciliation, differences, candidates, after);
    }
    this.held = await reconciliation.remove({
      isRecomputed: before?.settings !== after.settings,
      listed: this.isWhole ? this.repositories.length : undefined,
    });
    await memory.saveProgress({
      ...after,
      // The next walk searches again what could not be searched.
      version:
        before && !this.isWhole && !this.#isConclusive(differences)
          ? before.version
          : after.version,
    });
    // Requests are sent again, if they were not: the catalog reads what it could not.
    await refresh(this.#tools, await index.urls.takeRefused());
  }

  /** What the catalog has of repositories that the list lacks, or that the filters leave out. */
  async #addUnlisted(
    reconciliation: Reconciliation,
    { absent, foreign }: Differences,
    candidates: IndexedRepository[],
    { completeSince }: Progress,
  ): Promise<void> {
    const { catalog, emitted } = this.#tools;
    const listed = new Set(this.repositories.map(({ uuid }) => uuid));
    if (!this.isWhole) {
      const left = candidates
        .map(({ uuid }) => uuid)
        .filter(uuid => !listed.has(uuid));
      const locations = await catalog.ofRepositories(left);
      await reconciliation.addRepositories(
        [...locations.values()].flat(),
        'list',
        candidates,
      );
      return;
    }
    if (completeSince !== undefined) {
      await reconciliation.addRepositories(
        [...(await catalog.all()), ...foreign].filter(
          ({ uuid }) => !listed.has(uuid),
        ),
        'list',
        candidates.filter(({ seenAt }) => seenAt >= completeSince),
      );
      await emitted.remove(
        absent
          .filter(({ uuid }) => !listed.has(uuid))
          .map(({ entityRef }) => entityRef),
      );
    }
  }

  #toRepair(differences = NO_DIFFERENCES): string[] {
    const { uuids, conflicts } = repositoriesToRepair(differences, {
      held: new Set(this.hold?.targets),
      peers: new Set(this.#tools.peers.map(({ provider }) => provider)),
      now: Date.now(),
    });
    this.totals.conflicts.push(...conflicts);
    return uuids;
  }

  /** Those of some repositories that are known and not among others. */
  async #known(uuids: string[], others: Repository[]) {
    const known = new Set(others.map(({ uuid }) => uuid));
    const { index, config } = this.#tools;
    return index.repositories.byUuid(
      selectionOf(config),
      [...new Set(uuids)].filter(uuid => uuid !== '' && !known.has(uuid)),
    );
  }

  #isConclusive(differences: Differences | undefined): boolean {
    return (
      differences !== undefined &&
      // What fails is remembered, and tried again when it is due.
      !this.totals.skipped.some(({ reason }) => reason === 'vanished')
    );
  }

  /** Updates the repositories in the mirror. */
  async #update(): Promise<Progress> {
    const { index, config, settings, context } = this.#tools;
    const selection = selectionOf(config);
    await index.repositories.refresh(selection, context);
    const { completeSince } = await index.repositories.list(
      {
        selection,
        filters: config.filters,
        pagelen: config.pagelen,
        intervalMs: config.fullWalkMs,
      },
      context,
    );
    const version = await index.repositories.version(selection);
    return { settings, version, completeSince };
  }
}

/**
 * Runs the scheduled walks of an entity provider that is connected to the catalog, and
 * provides those after deliveries with what they need. All of them take turns.
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
   * A walk over the whole workspace. Before it begins, Locations that someone has
   * registered are handed over to their registration.
   */
  async onSchedule(context: RequestContext): Promise<ProviderWalk> {
    const tools = await this.tools(context);
    await this.#leaveRegistered(tools);
    return new ProviderWalk(tools);
  }

  /**
   * Takes over what is wanted of providers that are no longer configured, before the
   * catalog removes it. Never rejects, since a backend starts without that.
   */
  async adopt(): Promise<void> {
    try {
      const adopted = await adoptLocations(await this.tools({}));
      if (adopted > 0) {
        this.#logger.info(
          `Took over ${adopted} Locations from providers that are no longer configured`,
        );
      }
    } catch (error) {
      this.#logger.debug(
        `Could not take over Locations from providers that are no longer configured: ${toError(error).message}`,
      );
    }
  }

  async #leaveRegistered({
    tables,
    provider,
  }: ReconciliationTools): Promise<void> {
    try {
      await leaveToRegistrations(tables, provider);
    } catch (error) {
      this.#logger.debug(
        `Could not hand over Locations to their registration: ${toError(error).message}`,
      );
    }
  }

  /** What a walk needs, whether it is scheduled or follows a delivery. */
  async tools(context: RequestContext): Promise<ReconciliationTools> {
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

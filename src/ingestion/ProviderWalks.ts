import { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { EntityProviderConnection } from '@backstage/plugin-catalog-node';
import pLimit from 'p-limit';
import { CatalogSnapshot } from '../catalog-tables/CatalogSnapshot';
import { leaveToRegistrations } from '../catalog-tables/registrations';
import { ProviderConfig } from '../config/types';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { ScmHost } from '../scm/ScmHost';
import { RequestContext } from '../scm/types';
import { DeliveryWalk } from './DeliveryWalk';
import { EmittedLocations } from './EmittedLocations';
import { HeldRemovals, RemovalAllowance } from './HeldRemovals';
import { ProviderProgress, settingsOf } from './ProviderProgress';
import { ProviderWalk } from './ProviderWalk';
import { ReconciliationTools } from './Reconciliation';
import { Peer } from './peers';

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

import {
  LoggerService,
  SchedulerServiceTaskRunner,
} from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import {
  EntityProvider,
  EntityProviderConnection,
} from '@backstage/plugin-catalog-node';
import { Knex } from 'knex';
import { BitbucketClient, RequestMeter } from '../bitbucket';
import { ProviderConfig } from '../config';
import { Walk, walkWorkspace } from '../discovery';
import { KnownRepositories } from '../workspace';
import { reasonToHold } from './brake';
import { readCatalogLocations } from './catalogLocations';
import { compare } from './comparison';
import { LocatedFile, toLocation } from './locations';
import { decideRemovals, keepAll } from './removals';
import { summarizeWalk } from './walkSummary';

/**
 * Walks a workspace on a schedule and keeps one Location entity in the catalog
 * for each catalog file that it finds.
 */
export class BitbucketCloudEntityProvider implements EntityProvider {
  readonly #client: BitbucketClient;
  readonly #config: ProviderConfig;
  readonly #logger: LoggerService;
  readonly #taskRunner: SchedulerServiceTaskRunner;
  readonly #database: Knex;
  readonly #repositories: KnownRepositories;
  #lastHeld: string | undefined;

  constructor(options: {
    client: BitbucketClient;
    config: ProviderConfig;
    database: Knex;
    logger: LoggerService;
    taskRunner: SchedulerServiceTaskRunner;
  }) {
    this.#client = options.client;
    this.#config = options.config;
    this.#taskRunner = options.taskRunner;
    this.#database = options.database;
    this.#repositories = new KnownRepositories(options.database);
    this.#logger = options.logger.child({ target: this.getProviderName() });
  }

  getProviderName(): string {
    return `bitbucketCloud-provider:${this.#config.id}`;
  }

  async connect(connection: EntityProviderConnection): Promise<void> {
    await this.#taskRunner.run({
      id: `${this.getProviderName()}:refresh`,
      fn: signal => this.#refresh(connection, signal),
    });
  }

  /**
   * One walk. What it finds reaches the catalog as a whole or not at all. A
   * failure is passed on to the scheduler, which counts it; the next run starts
   * anew.
   */
  async #refresh(
    connection: EntityProviderConnection,
    signal: AbortSignal,
  ): Promise<void> {
    const { workspace } = this.#config;
    try {
      await this.#walk(connection, signal);
    } catch (error) {
      const cause = signal.aborted
        ? 'it was stopped by its timeout or the end of the backend'
        : toError(error).message;
      this.#logger.error(
        `The walk of workspace ${workspace} failed, and the catalog keeps what it has: ${cause}`,
      );
      throw error;
    }
  }

  async #walk(
    connection: EntityProviderConnection,
    signal: AbortSignal,
  ): Promise<void> {
    const startedAt = performance.now();
    const meter = new RequestMeter();
    const context = { signal, meter };
    const config = this.#config;

    const current = await this.#readCurrent();
    const walk = await walkWorkspace(this.#client, config, context);
    const known = await this.#repositories.byFullName(
      current?.map(({ fullName }) => fullName) ?? [],
    );
    const comparison = compare(current ?? [], known, walk);
    const held = reasonToHold({
      walk,
      comparison,
      current: current?.length ?? 0,
      known,
      maxPercentage: config.removals.maxPercentage,
    });
    const removals = held
      ? keepAll(comparison)
      : await decideRemovals(this.#client, config, comparison, known, context);

    const files = [...comparison.found, ...removals.kept];
    const entities = files.map(file =>
      toLocation(file, this.getProviderName()),
    );
    await connection.applyMutation(
      current
        ? { type: 'full', entities }
        : { type: 'delta', added: entities, removed: [] },
    );
    await this.#repositories.remember(walk.repositories);

    const { requests } = meter;
    const seconds = (performance.now() - startedAt) / 1000;
    const outcome = { walk, comparison, removals, requests, seconds };
    this.#logger.info(summarizeWalk(config.workspace, outcome));
    this.#tellSkipped(walk);
    this.#warnOnce(held);
  }

  /** What the catalog has; undefined where that cannot be told, so that nothing may be removed. */
  async #readCurrent(): Promise<LocatedFile[] | undefined> {
    try {
      return await readCatalogLocations(this.#database, this.getProviderName());
    } catch (error) {
      this.#logger.warn(
        `What the catalog has cannot be told, so that this walk only adds: ${
          toError(error).message
        }`,
      );
      return undefined;
    }
  }

  #tellSkipped({ skipped }: Walk): void {
    for (const { repository, reason, cause } of skipped) {
      const why = cause ? `: ${cause.message}` : '';
      this.#logger.debug(`Skipped ${repository.fullName} (${reason})${why}`);
    }
    const unreadable = skipped.filter(({ reason }) => reason === 'unreadable');
    if (unreadable.length > 0) {
      const [{ repository, cause }] = unreadable;
      this.#logger.warn(
        `${unreadable.length} of the repositories may not be read, and the catalog keeps what it has of them. The first is ${repository.fullName}: ${cause?.message}`,
      );
    }
  }

  /** A hold lasts until someone mends its cause, so it is not repeated with every walk. */
  #warnOnce(held: string | undefined): void {
    if (held && held !== this.#lastHeld) {
      this.#logger.warn(held);
    }
    this.#lastHeld = held;
  }
}

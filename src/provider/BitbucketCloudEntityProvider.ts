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
import { CatalogFile, walkWorkspace } from '../discovery';
import { compare } from './comparison';
import { KnownFiles } from './knownFiles';
import { toLocation } from './locations';
import { decideRemovals, Removals } from './removals';
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
  readonly #known: KnownFiles;
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
    this.#known = new KnownFiles(options.database, this.getProviderName());
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
    const client = this.#client;
    const config = this.#config;

    const known = await this.#known.load();
    const walk = await walkWorkspace(client, config, context);
    const comparison = compare(known.files, walk);
    const removals = await decideRemovals(
      client,
      config,
      walk,
      comparison,
      known,
      context,
    );

    await this.#known.remember(comparison.added);
    if (removals.complete) {
      await this.#replace(connection, [...walk.files, ...removals.kept]);
      await this.#known.forget(removals.removed);
      await this.#known.markComplete();
    } else {
      await this.#add(connection, walk.files);
    }

    const { requests } = meter;
    const seconds = (performance.now() - startedAt) / 1000;
    const effort = { requests, seconds };
    this.#logger.info(
      summarizeWalk(config.workspace, walk, comparison, removals, effort),
    );
    for (const { repository, reason, cause } of walk.skipped) {
      const why = cause ? `: ${cause.message}` : '';
      this.#logger.debug(`Skipped ${repository.fullName} (${reason})${why}`);
    }
    this.#warnOnce(removals);
  }

  async #replace(
    connection: EntityProviderConnection,
    files: CatalogFile[],
  ): Promise<void> {
    await connection.applyMutation({
      type: 'full',
      entities: files.map(file => toLocation(file, this.getProviderName())),
    });
  }

  async #add(
    connection: EntityProviderConnection,
    files: CatalogFile[],
  ): Promise<void> {
    await connection.applyMutation({
      type: 'delta',
      added: files.map(file => toLocation(file, this.getProviderName())),
      removed: [],
    });
  }

  /** A hold lasts until someone mends its cause, so it is not repeated with every walk. */
  #warnOnce({ held }: Removals): void {
    if (held && held !== this.#lastHeld) {
      this.#logger.warn(held);
    }
    this.#lastHeld = held;
  }
}

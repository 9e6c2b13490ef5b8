import {
  LoggerService,
  SchedulerServiceTaskRunner,
} from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import {
  EntityProvider,
  EntityProviderConnection,
} from '@backstage/plugin-catalog-node';
import { BitbucketClient, RequestMeter } from '../bitbucket';
import { ProviderConfig } from '../config';
import { walkWorkspace } from '../discovery';
import { Change, KnownFiles } from './knownFiles';
import { toLocation } from './locations';
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
  readonly #known = new KnownFiles();

  constructor(options: {
    client: BitbucketClient;
    config: ProviderConfig;
    logger: LoggerService;
    taskRunner: SchedulerServiceTaskRunner;
  }) {
    this.#client = options.client;
    this.#config = options.config;
    this.#taskRunner = options.taskRunner;
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
   * One walk. It reaches the catalog as a whole or not at all. A failure is
   * passed on to the scheduler, which counts it; the next run starts anew.
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
        `The walk of workspace ${workspace} failed and changed nothing: ${cause}`,
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
    const walk = await walkWorkspace(this.#client, this.#config, context);
    const change = this.#known.compare(walk);
    await this.#apply(connection, change);
    this.#known.accept(change);

    const { requests } = meter;
    const seconds = (performance.now() - startedAt) / 1000;
    const effort = { requests, seconds };
    const { workspace } = this.#config;
    this.#logger.info(summarizeWalk(workspace, walk, change, effort));
    for (const { repository, reason, cause } of walk.skipped) {
      const why = cause ? `: ${cause.message}` : '';
      this.#logger.debug(`Skipped ${repository.fullName} (${reason})${why}`);
    }
  }

  async #apply(
    connection: EntityProviderConnection,
    { files, mayRemove }: Change,
  ): Promise<void> {
    const entities = files.map(file =>
      toLocation(file, this.getProviderName()),
    );
    if (mayRemove) {
      await connection.applyMutation({ type: 'full', entities });
    } else {
      await connection.applyMutation({
        type: 'delta',
        added: entities,
        removed: [],
      });
      this.#logger.warn(
        'Some repositories could not be read, and it is not known what the catalog has of them: nothing is removed until a walk has read all',
      );
    }
  }
}

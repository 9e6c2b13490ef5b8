import { setMaxListeners } from 'node:events';
import {
  LoggerService,
  SchedulerServiceTaskRunner,
} from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import {
  EntityProvider,
  EntityProviderConnection,
} from '@backstage/plugin-catalog-node';
import {
  BitbucketClient,
  isRateLimitedError,
  RateLimitedError,
  RequestMeter,
} from '../bitbucket';
import { ProviderConfig } from '../config';
import { WorkspaceIndex } from '../workspace';
import { KnownCatalog } from './KnownCatalog';
import { ProviderMemory } from './ProviderMemory';
import { ProviderWalk } from './ProviderWalk';
import { settingsOf } from './settings';
import { summarizeWalk } from './walkSummary';

/** Rests that end within so long of each other are told of once. */
const SAME_REST_MS = 60_000;

/**
 * Walks a workspace on a schedule and keeps one Location entity in the catalog
 * for each catalog file that it finds.
 */
export class BitbucketCloudEntityProvider implements EntityProvider {
  readonly #client: BitbucketClient;
  readonly #index: WorkspaceIndex;
  readonly #config: ProviderConfig;
  readonly #logger: LoggerService;
  readonly #taskRunner: SchedulerServiceTaskRunner;
  #lastHeld: string | undefined;
  #restsUntil = 0;

  constructor(options: {
    client: BitbucketClient;
    index: WorkspaceIndex;
    config: ProviderConfig;
    logger: LoggerService;
    taskRunner: SchedulerServiceTaskRunner;
  }) {
    this.#client = options.client;
    this.#index = options.index;
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
   * One walk. Where the requests do not suffice, it rests and the next run goes
   * on. A failure is passed on to the scheduler, which counts it; what was found
   * until then is in the catalog.
   */
  async #refresh(
    connection: EntityProviderConnection,
    signal: AbortSignal,
  ): Promise<void> {
    // Every request under way listens; Node.js takes more than ten for a leak.
    setMaxListeners(0, signal);
    const startedAt = performance.now();
    const meter = new RequestMeter();
    const walk = await this.#createWalk(connection, meter, signal);
    try {
      await walk.run();
    } catch (error) {
      if (isRateLimitedError(error)) {
        this.#tellRest(walk, error);
        return;
      }
      const cause = signal.aborted
        ? 'it was stopped by its timeout or the end of the backend'
        : toError(error).message;
      this.#logger.error(
        `The walk of workspace ${this.#config.workspace} failed, and the catalog keeps what it has: ${cause}`,
      );
      throw error;
    }
    const seconds = (performance.now() - startedAt) / 1000;
    this.#tell(walk, { requests: meter.requests, seconds });
  }

  async #createWalk(
    connection: EntityProviderConnection,
    meter: RequestMeter,
    signal: AbortSignal,
  ): Promise<ProviderWalk> {
    const provider = this.getProviderName();
    const knex = await this.#index.open();
    return new ProviderWalk({
      connection,
      client: this.#client,
      index: this.#index,
      config: this.#config,
      settings: settingsOf(this.#config),
      provider,
      memory: new ProviderMemory(knex, provider),
      catalog: new KnownCatalog({
        knex,
        index: this.#index.repositories,
        provider,
        logger: this.#logger,
      }),
      context: { signal, meter, purpose: 'walk' },
    });
  }

  #tell(walk: ProviderWalk, cost: { requests: number; seconds: number }): void {
    const summary = summarizeWalk(this.#config.workspace, walk, cost);
    if (walk.isWhole || walk.repositories.length > 0) {
      this.#logger.info(summary);
    } else {
      this.#logger.debug(summary);
    }
    this.#tellSkipped(walk);
    this.#warnOnce(walk);
  }

  #tellSkipped({ skipped }: ProviderWalk): void {
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
  #warnOnce({ isWhole, held }: ProviderWalk): void {
    if (held && held !== this.#lastHeld) {
      this.#logger.warn(held);
    }
    // Only a walk over everything can tell that it is over.
    this.#lastHeld = isWhole ? held : (held ?? this.#lastHeld);
  }

  #tellRest(walk: ProviderWalk, { retryAt, message }: RateLimitedError): void {
    const until = retryAt.getTime();
    const isNews = Math.abs(until - this.#restsUntil) > SAME_REST_MS;
    this.#restsUntil = until;
    const { workspace } = this.#config;
    const progress =
      walk.repositories.length > 0
        ? `${walk.lookedInto} of ${walk.repositories.length} repositories are looked into, and what was found is in the catalog`
        : 'the catalog keeps what it has';
    const line = `The walk of workspace ${workspace} rests until ${retryAt.toISOString()} and goes on then: ${progress}. ${message}`;
    if (isNews) {
      this.#logger.info(line);
    } else {
      this.#logger.debug(line);
    }
  }
}

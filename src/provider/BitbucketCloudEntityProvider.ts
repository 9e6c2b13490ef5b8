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
import pLimit from 'p-limit';
import {
  BitbucketClient,
  isForbiddenError,
  isNotFoundError,
  isRateLimitedError,
  isUnauthorizedError,
  RequestContext,
  RequestMeter,
} from '../bitbucket';
import { ProviderConfig } from '../config';
import { Heard, Hint } from '../events';
import { Metrics } from '../metrics';
import { WorkspaceIndex } from '../workspace';
import { Access, checkAccess, granted, refused } from './access';
import { HeldRemovals, Hold } from './HeldRemovals';
import { KnownCatalog } from './KnownCatalog';
import { ProviderMemory } from './ProviderMemory';
import { ProviderStatus, readStatus } from './providerStatus';
import { ProviderWalk } from './ProviderWalk';
import { RepositoryHints } from './RepositoryHints';
import { settingsOf } from './settings';
import { WalkLog, WalkRecord } from './WalkLog';
import { WalkReporter } from './WalkReporter';

/**
 * Walks a workspace on a schedule and keeps one Location entity in the catalog
 * for each catalog file that it finds.
 */
export class BitbucketCloudEntityProvider implements EntityProvider {
  readonly config: ProviderConfig;
  readonly #client: BitbucketClient;
  readonly #index: WorkspaceIndex;
  readonly #metrics: Pick<Metrics, 'walkEnded'>;
  readonly #logger: LoggerService;
  readonly #reporter: WalkReporter;
  readonly #taskRunner: SchedulerServiceTaskRunner;
  readonly #oneAtATime = pLimit(1);
  readonly #ended = new AbortController();
  #access?: Access;
  #hints?: RepositoryHints;

  constructor(options: {
    client: BitbucketClient;
    index: WorkspaceIndex;
    metrics: Pick<Metrics, 'walkEnded'>;
    config: ProviderConfig;
    logger: LoggerService;
    taskRunner: SchedulerServiceTaskRunner;
  }) {
    this.config = options.config;
    this.#client = options.client;
    this.#index = options.index;
    this.#metrics = options.metrics;
    this.#taskRunner = options.taskRunner;
    this.#logger = options.logger.child({ target: this.getProviderName() });
    this.#reporter = new WalkReporter(this.config.workspace, this.#logger);
    // Every request under way listens; Node.js takes more than ten for a leak.
    setMaxListeners(0, this.#ended.signal);
  }

  getProviderName(): string {
    return `bitbucketCloud-provider:${this.config.id}`;
  }

  /** Of the scheduled task that walks. */
  get taskId(): string {
    return `${this.getProviderName()}:refresh`;
  }

  async connect(connection: EntityProviderConnection): Promise<void> {
    this.#hints = new RepositoryHints({
      config: this.config,
      index: this.#index,
      logger: this.#logger,
      createWalk: context => this.#createWalk(connection, context),
      signal: this.#ended.signal,
    });
    await this.#taskRunner.run({
      id: this.taskId,
      fn: signal => this.#refresh(connection, signal),
    });
  }

  /**
   * Asks whether the credential can read the workspace, and says so in the log,
   * or what to mend. One request; never rejects.
   */
  async checkAccess(): Promise<void> {
    const { workspace } = this.config;
    const { signal } = this.#ended;
    const access = await checkAccess(this.#client, workspace, signal);
    if (!signal.aborted) {
      this.#access = access;
      this.#logger[access.isGranted ? 'info' : 'warn'](access.message);
    }
  }

  async status(): Promise<ProviderStatus> {
    const knex = await this.#index.open();
    const name = this.getProviderName();
    return readStatus(knex, name, this.config, this.#access);
  }

  /**
   * Lets the next walk remove what is held back now.
   *
   * @returns undefined where nothing is
   */
  async approveRemovals(): Promise<Hold | undefined> {
    const knex = await this.#index.open();
    return new HeldRemovals(knex, this.getProviderName()).approve();
  }

  /** Looks at a repository soon if the hint concerns this provider. */
  async hear(hint: Hint): Promise<Heard> {
    return (
      this.#hints?.hear(hint) ?? {
        looks: false,
        reason: 'the provider is not connected to the catalog yet',
      }
    );
  }

  /** Ends what was begun outside of the schedule, which the scheduler ends. */
  stop(): void {
    this.#ended.abort();
    this.#hints?.stop();
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
    const startedAt = Date.now();
    const meter = new RequestMeter();
    const note = (
      walk: Pick<WalkRecord, 'result' | 'message' | 'repositories'>,
    ) =>
      this.#note({
        ...walk,
        startedAt,
        endedAt: Date.now(),
        requests: meter.requests,
      });
    let walk: ProviderWalk | undefined;
    try {
      walk = await this.#createWalk(connection, {
        signal,
        meter,
        purpose: 'walk',
      });
      await walk.run();
    } catch (error) {
      if (walk && isRateLimitedError(error)) {
        const message = this.#reporter.rested(walk, error);
        await note({ result: 'rested', message });
        return;
      }
      const message = this.#reporter.failed(toError(error), signal);
      await note({ result: 'failed', message });
      this.#noteRefusal(error);
      throw error;
    }
    const seconds = (Date.now() - startedAt) / 1000;
    const message = this.#reporter.finished(walk, {
      requests: meter.requests,
      seconds,
    });
    this.#noteAccess(walk);
    await note({
      result: 'finished',
      message,
      repositories: walk.isWhole ? walk.repositories.length : undefined,
    });
  }

  async #createWalk(
    connection: EntityProviderConnection,
    context: RequestContext,
  ): Promise<ProviderWalk> {
    const provider = this.getProviderName();
    const knex = await this.#index.open();
    return new ProviderWalk({
      connection,
      client: this.#client,
      index: this.#index,
      config: this.config,
      settings: settingsOf(this.config),
      provider,
      memory: new ProviderMemory(knex, provider),
      holds: new HeldRemovals(knex, provider),
      catalog: new KnownCatalog({
        knex,
        index: this.#index.repositories,
        provider,
        logger: this.#logger,
      }),
      context,
      oneAtATime: work => this.#oneAtATime(work),
    });
  }

  /** A walk that cannot be noted has happened all the same. */
  async #note(walk: WalkRecord): Promise<void> {
    const { result, startedAt, endedAt } = walk;
    this.#metrics.walkEnded({
      provider: this.config.id,
      result,
      seconds: (endedAt - startedAt) / 1000,
    });
    try {
      const knex = await this.#index.open();
      await new WalkLog(knex, this.getProviderName()).save(walk);
    } catch (error) {
      this.#logger.debug(`The walk cannot be noted: ${toError(error).message}`);
    }
  }

  #noteAccess({ isWhole, repositories }: ProviderWalk): void {
    if (isWhole && repositories.length > 0) {
      this.#access = granted(this.#client, this.config.workspace);
    }
  }

  #noteRefusal(error: unknown): void {
    if (
      isUnauthorizedError(error) ||
      isForbiddenError(error) ||
      isNotFoundError(error)
    ) {
      const { workspace } = this.config;
      this.#access = refused(this.#client, workspace, error.message);
    }
  }
}

import {
  LoggerService,
  SchedulerServiceTaskRunner,
} from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import {
  EntityProvider,
  EntityProviderConnection,
} from '@backstage/plugin-catalog-node';
import { setMaxListeners } from 'node:events';
import { ChangeSubscriber } from '../changes/ChangeSubscriber';
import { ProviderConfig } from '../config/types';
import { Metrics } from '../metrics/Metrics';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { ScmHost } from '../scm/ScmHost';
import { isRateLimitedError } from '../scm/errors';
import { RequestMeter } from '../scm/types';
import { HeldRemovals, Hold } from './HeldRemovals';
import { WebhookHealth } from './WebhookHealth';
import {
  isInWorkspace,
  PROVIDER_KINDS,
  ProviderChange,
  ProviderEvent,
  ProviderSubscriber,
} from './ProviderSubscriber';
import { ProviderWalk, ProviderWalks } from './ProviderWalk';
import { WalkLog, WalkRecord, WalkReporter } from './WalkReporter';
import { Peer } from './takeover';
import { ProviderStatus, readStatus, WorkspaceAccess } from './providerStatus';

/**
 * Walks a workspace on a schedule and keeps one Location entity in the catalog
 * for each catalog file that it finds.
 */
export class BitbucketEntityProvider
  implements EntityProvider, ChangeSubscriber
{
  readonly kinds = PROVIDER_KINDS;
  readonly config: ProviderConfig;
  readonly #host: ScmHost;
  readonly #index: WorkspaceIndex;
  readonly #metrics: Pick<Metrics, 'walkEnded'>;
  readonly #logger: LoggerService;
  readonly #reporter: WalkReporter;
  readonly #access: WorkspaceAccess;
  readonly #taskRunner: SchedulerServiceTaskRunner;
  readonly #peers: readonly Peer[];
  readonly #ended = new AbortController();
  #subscriber?: ProviderSubscriber;

  constructor(options: {
    host: ScmHost;
    index: WorkspaceIndex;
    metrics: Pick<Metrics, 'walkEnded'>;
    config: ProviderConfig;
    /** Of all providers of this module, itself included. */
    configs: readonly ProviderConfig[];
    logger: LoggerService;
    taskRunner: SchedulerServiceTaskRunner;
  }) {
    this.config = options.config;
    this.#host = options.host;
    this.#index = options.index;
    this.#metrics = options.metrics;
    this.#taskRunner = options.taskRunner;
    this.#peers = options.configs
      .filter(({ id }) => id !== options.config.id)
      .map(config => ({
        provider: this.#host.names.provider(config.id),
        config,
      }));
    this.#logger = options.logger.child({ target: this.getProviderName() });
    const { workspace } = this.config;
    this.#reporter = new WalkReporter(
      workspace,
      this.#host.names.workspaceKind,
      this.#logger,
    );
    this.#access = new WorkspaceAccess(this.#host, workspace);
    // Every request under way listens; Node.js takes more than ten for a leak.
    setMaxListeners(0, this.#ended.signal);
  }

  getProviderName(): string {
    return this.#host.names.provider(this.config.id);
  }

  /** Of the scheduled task that walks. */
  get taskId(): string {
    return `${this.getProviderName()}:refresh`;
  }

  async connect(connection: EntityProviderConnection): Promise<void> {
    const shared = {
      config: this.config,
      index: this.#index,
      logger: this.#logger,
    };
    const walks = new ProviderWalks({
      ...shared,
      connection,
      host: this.#host,
      peers: this.#peers,
    });
    await walks.adopt();
    this.#subscriber = new ProviderSubscriber({ ...shared, walks });
    await this.#taskRunner.run({
      id: this.taskId,
      fn: signal => this.#refresh(walks, signal),
    });
  }

  /**
   * Says in the log whether the credential can read the workspace, or what to fix.
   * One request; never rejects.
   */
  async checkAccess(): Promise<void> {
    await this.#access.check(this.#logger, this.#ended.signal);
  }

  async status(): Promise<ProviderStatus> {
    const name = this.getProviderName();
    return readStatus(this.#index, name, this.config, this.#access.last);
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

  async skipReason(event: ProviderEvent): Promise<string | undefined> {
    if (isInWorkspace(event, this.config)) {
      await this.#hear();
    }
    return this.#subscriber
      ? this.#subscriber.skipReason(event)
      : 'the provider is not connected to the catalog yet';
  }

  async handle(change: ProviderChange): Promise<void> {
    await this.#subscriber?.handle(change);
  }

  /** Ends what was begun outside of the schedule, which the scheduler ends. */
  stop(): void {
    this.#ended.abort();
  }

  /**
   * One walk. Where the requests do not suffice, it is paused and the next run
   * continues. A failure is passed on to the scheduler, which counts it; what was found
   * until then is in the catalog.
   */
  async #refresh(walks: ProviderWalks, signal: AbortSignal): Promise<void> {
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
      walk = await walks.onSchedule({ signal, meter, purpose: 'walk' });
      await walk.run();
    } catch (error) {
      if (walk && isRateLimitedError(error)) {
        const message = this.#reporter.paused(walk, error);
        await note({ result: 'paused', message });
        return;
      }
      const message = this.#reporter.failed(toError(error), signal);
      await note({ result: 'failed', message });
      this.#access.noteFailure(error);
      throw error;
    }
    const seconds = (Date.now() - startedAt) / 1000;
    const message = this.#reporter.finished(walk, {
      requests: meter.requests,
      seconds,
    });
    if (walk.isWhole && walk.repositories.length > 0) {
      this.#access.noteRead();
    }
    await this.#noteMissed(walk);
    await note({
      result: 'finished',
      message,
      repositories: walk.isWhole ? walk.repositories.length : undefined,
    });
  }

  /** When walks began to find what no delivery has announced; undefined while all is well. */
  async silentSince(): Promise<number | undefined> {
    return (await (await this.#deliveries()).read()).silentSince;
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
      this.#logger.debug(
        `Could not save the result of the walk: ${toError(error).message}`,
      );
    }
  }

  async #deliveries(): Promise<WebhookHealth> {
    const knex = await this.#index.open();
    return new WebhookHealth(knex, this.getProviderName());
  }

  async #hear(): Promise<void> {
    await (await this.#deliveries()).hear();
    this.#reporter.silent(undefined);
  }

  /** Where there is a webhook, it should have announced what the walk has found. */
  async #noteMissed(walk: ProviderWalk): Promise<void> {
    const deliveries = await this.#deliveries();
    const { heardAt } = await deliveries.read();
    if (heardAt === undefined && !this.config.webhooks) {
      return;
    }
    if (!walk.isWhole && walk.totals.isNews) {
      await deliveries.miss();
    }
    this.#reporter.silent((await deliveries.read()).silentSince);
  }
}

import {
  AuthService,
  LifecycleService,
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { PullRequestsConfig } from '../config/types';
import { BitbucketEntityProvider } from '../ingestion/BitbucketEntityProvider';
import { hashOf } from '../lib/text';
import { Metrics } from '../metrics/Metrics';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { MissedPullRequests } from '../pull-requests/MissedPullRequests';
import { PullRequestRuns } from '../pull-requests/PullRequestRuns';
import { PullRequestStore } from '../pull-requests/PullRequestStore';
import { RunHistory } from '../pull-requests/RunHistory';
import { RunStore } from '../pull-requests/RunStore';
import { PullRequestApi } from '../scm/pullRequests';
import { Settings } from './settings';
import { toError } from '@backstage/errors';
import { RequestedChecks } from '../pull-requests/RequestedChecks';
import { RunningRuns, RunTools } from '../pull-requests/RunTools';

/** The page of a pull request's runs, below the base URL of the backend. */
const RUNS_PATH = '/api/catalog/bitbucket/runs';

/** What pull requests are checked with. */
type Parts = {
  auth: AuthService;
  catalog: CatalogService;
  index: WorkspaceIndex;
  lifecycle: LifecycleService;
  logger: LoggerService;
  metrics: Metrics;
  providers: readonly BitbucketEntityProvider[];
  scheduler: SchedulerService;
  settings: Settings;
};

/**
 * The runs that check pull requests, and a task that goes on with those that wait.
 *
 * @returns undefined where no provider has `pullRequests`, or the host has none
 */
export function createPullRequestRuns(
  parts: Parts,
): { runs: PullRequestRuns; requested: RequestedChecks } | undefined {
  const { auth, catalog, index, lifecycle, logger, metrics } = parts;
  const { providers, settings } = parts;
  const { pullRequests: api } = index.host;
  const configs = providers.flatMap(({ config }) => config.pullRequests ?? []);
  if (!api || configs.length === 0) {
    // What was kept while pull requests were checked expires all the same.
    lifecycle.addStartupHook(async () => {
      await new PullRequestStore(index.open, index.host.id).prune();
    });
    return undefined;
  }
  const links = new RunLinks(api, settings.baseUrls.backend);
  links.warn(configs, logger);
  metrics.observeRuns();
  const tools: RunTools = {
    index,
    api,
    runs: new RunStore(index.open, index.host.id),
    history: new RunHistory(index.open, index.host.id),
    running: new RunningRuns(),
    warned: new Set(),
    pullRequests: new PullRequestStore(index.open, index.host.id),
    providers: providers.map(({ config }) => config),
    catalog,
    credentials: () => auth.getOwnServiceCredentials(),
    instance: instanceOf(settings),
    linkOf: (pageId, config) => links.of(pageId, config),
    metrics,
    logger,
    now: Date.now,
  };
  const runs = new PullRequestRuns(tools);
  lifecycle.addStartupHook(() => scheduleRounds(parts, api, runs));
  lifecycle.addShutdownHook(() => runs.stop());
  return { runs, requested: new RequestedChecks(tools, runs) };
}

/** Two that report on the same commit do not replace each other's reports. */
function instanceOf({ baseUrls }: Settings): string {
  return hashOf(baseUrls.app ?? baseUrls.backend ?? '');
}

/** Once a minute, on one replica. */
async function scheduleRounds(
  { index, logger, providers, scheduler }: Parts,
  api: PullRequestApi,
  runs: PullRequestRuns,
): Promise<void> {
  const byId = new Map(
    providers.map(provider => [provider.config.id, provider]),
  );
  const missed = new MissedPullRequests({
    index,
    api,
    silentSince: async ({ id }) => byId.get(id)?.silentSince(),
    logger,
  });
  await scheduler.scheduleTask({
    id: `${index.host.id}:pull-requests`,
    frequency: { minutes: 1 },
    timeout: { minutes: 10 },
    initialDelay: { seconds: 10 },
    scope: 'global',
    async fn(signal) {
      // Each is done whatever becomes of the others.
      for (const step of [
        () => runs.resumeDue(signal),
        () => runs.followMerges(),
        () => runs.prune(),
      ]) {
        await step().catch(error =>
          logger.warn(
            `The task that follows up on pull requests failed in part: ${toError(error).message}`,
          ),
        );
      }
      for (const { config } of providers) {
        if (config.pullRequests) {
          await runs.startMissed(
            missed.find(config, { signal, purpose: 'pull-request' }),
            { signal },
          );
        }
      }
    },
  });
}

/** The addresses of pages, where the host can be expected to take them. */
class RunLinks {
  readonly #api: PullRequestApi;
  readonly #baseUrl?: string;

  constructor(api: PullRequestApi, baseUrl: string | undefined) {
    this.#api = api;
    this.#baseUrl = baseUrl;
  }

  of(pageId: string, { link }: PullRequestsConfig): string | undefined {
    // What is configured for this purpose is tried. A host that refuses it gets no link.
    const baseUrl = typeof link === 'string' ? link : link && this.#own();
    return baseUrl
      ? `${baseUrl.replace(/\/+$/, '')}${RUNS_PATH}/${pageId}`
      : undefined;
  }

  /** The backend's base URL, which others may not be able to open. */
  #own(): string | undefined {
    return this.#baseUrl !== undefined && this.#api.takesLink(this.#baseUrl)
      ? this.#baseUrl
      : undefined;
  }

  /** Says why there are no links, once, where some are wanted. */
  warn(configs: readonly PullRequestsConfig[], logger: LoggerService): void {
    const lacks = configs.some(
      config => config.link !== false && !this.of('', config),
    );
    if (lacks) {
      logger.info(
        `Results in pull requests do not link to the pages of their runs, since ${this.#baseUrl ?? 'backend.baseUrl'} is not a public address. Set backend.baseUrl, or pullRequests.link to the public base URL of the backend; set pullRequests.link to false to do without links.`,
      );
    }
  }
}

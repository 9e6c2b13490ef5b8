import {
  AuthService,
  LifecycleService,
  LoggerService,
  RootLifecycleService,
  SchedulerService,
  UrlReaderService,
} from '@backstage/backend-plugin-api';
import {
  CatalogService,
  catalogAnalysisExtensionPoint,
  catalogProcessingExtensionPoint,
} from '@backstage/plugin-catalog-node';
import { CatalogScmEventsService } from '@backstage/plugin-catalog-node/alpha';
import { EventsService } from '@backstage/plugin-events-node';
import { BitbucketLocationAnalyzer } from '../analyzer/BitbucketLocationAnalyzer';
import { ChangeQueue } from '../changes/ChangeQueue';
import { Deliveries, DeliveryReceiver } from '../changes/DeliveryReceiver';
import { BitbucketEntityProvider } from '../ingestion/BitbucketEntityProvider';
import { EditUrlProcessor } from '../ingestion/locations';
import { noteRefreshKeys } from '../mirror/UrlStore';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { RegisteredLocations } from '../registered/RegisteredLocations';
import { ScmEvents } from '../registered/ScmEvents';
import { StatusHost } from '../status/actions';
import { createPullRequestRuns } from './pullRequests';
import { HostParts } from './services';
import { Settings } from './settings';

/** What a host is installed with. */
type HostServices = {
  analysis: typeof catalogAnalysisExtensionPoint.T;
  auth: AuthService;
  catalog: typeof catalogProcessingExtensionPoint.T;
  catalogService: CatalogService;
  deliveries: Deliveries;
  events: EventsService;
  lifecycle: LifecycleService;
  logger: LoggerService;
  rootLifecycle: RootLifecycleService;
  scheduler: SchedulerService;
  scmEvents: CatalogScmEventsService;
  settings: Settings;
  /** What all replicas take the deliveries of a host under; see `EventsService`. */
  subscriptionOf(hostId: string): string;
  urlReader: UrlReaderService;
};

/**
 * Adds the entity providers of a host to the catalog, and has what happens at the host
 * acted upon.
 *
 * @returns what the endpoints show of it
 */
export async function installHost(
  { index, providers: configs, metrics, webhooks }: HostParts,
  services: HostServices,
): Promise<StatusHost> {
  const { catalog, lifecycle, logger, scheduler, settings } = services;
  const { host } = index;
  await index.open();
  if (configs.length > 0) {
    logger.info(
      `Requests to ${host.names.product} are signed with: ${host.credential.label}`,
    );
  }
  const providers = configs.map(
    config =>
      new BitbucketEntityProvider({
        host,
        index,
        metrics,
        config,
        configs,
        logger,
        taskRunner: scheduler.createScheduledTaskRunner(config.schedule),
      }),
  );
  catalog.addEntityProvider(providers);
  catalog.addProcessor(new EditUrlProcessor(host));
  services.analysis.addScmLocationAnalyzer(
    new BitbucketLocationAnalyzer({
      index,
      reader: services.urlReader,
      providers: [...configs],
      catalogFilename: settings.catalogFilename,
      names: settings.catalogFileNames,
      rules: settings.rules,
      logger,
    }),
  );
  lifecycle.addStartupHook(() => webhooks.schedule(scheduler));
  lifecycle.addStartupHook(() => scheduleUpkeep(index, scheduler));
  lifecycle.addStartupHook(() => {
    // The backend starts without waiting for it, whatever comes of it.
    providers.forEach(provider => provider.checkAccess());
  });
  lifecycle.addShutdownHook(() =>
    providers.forEach(provider => provider.stop()),
  );
  const pullRequests = createPullRequestRuns({
    ...services,
    catalog: services.catalogService,
    index,
    metrics,
    providers,
  });
  metrics.observeBudget(() => host.quota.snapshot());
  providers.forEach(provider =>
    metrics.observeProvider(provider.config.id, () => provider.status()),
  );
  const queue = new ChangeQueue({
    host,
    index,
    subscribers: [
      ...(pullRequests ? [pullRequests.runs] : []),
      new RegisteredLocations({
        index,
        scmEvents: new ScmEvents(services.scmEvents, host.urls),
        logger,
      }),
      ...providers,
    ],
    logger,
  });
  lifecycle.addShutdownHook(() => queue.stop());
  const receiver = new DeliveryReceiver({ ...services, host, queue });
  // Not before the events plugin has started, or the event bus, which is not
  // there yet, is left alone for good.
  services.rootLifecycle.addStartupHook(() =>
    services.events.subscribe({
      id: services.subscriptionOf(host.id),
      topics: [host.deliveries.topic],
      onEvent: event => receiver.receive(event),
    }),
  );
  return {
    index,
    providers,
    pullRequests,
    deliveries: services.deliveries,
    webhookOf: config => webhooks.statusOf(config),
  };
}

/**
 * Keeps the tables of this module small and complete, on one replica once an hour,
 * with providers or without.
 */
async function scheduleUpkeep(
  index: WorkspaceIndex,
  scheduler: SchedulerService,
): Promise<void> {
  await scheduler.scheduleTask({
    id: `${index.host.id}:upkeep`,
    frequency: { hours: 1 },
    timeout: { minutes: 30 },
    initialDelay: { minutes: 1 },
    scope: 'global',
    async fn(signal) {
      await index.prune(signal);
      await noteRefreshKeys(index, signal);
    },
  });
}

import {
  coreServices,
  createBackendModule,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import { isError } from '@backstage/errors';
import {
  catalogAnalysisExtensionPoint,
  catalogProcessingExtensionPoint,
  catalogServiceRef,
} from '@backstage/plugin-catalog-node';
import { catalogScmEventsServiceRef } from '@backstage/plugin-catalog-node/alpha';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { BitbucketLocationAnalyzer } from '../analyzer/BitbucketLocationAnalyzer';
import { ChangeQueue } from '../changes/ChangeQueue';
import { DeliveryReceiver } from '../changes/DeliveryReceiver';
import { BitbucketEntityProvider } from '../ingestion/BitbucketEntityProvider';
import { EditUrlProcessor } from '../ingestion/locations';
import { scheduleUpkeep } from '../registered/RegisteredFile';
import { RegisteredLocations } from '../registered/RegisteredLocations';
import { ScmEvents } from '../registered/ScmEvents';
import {
  bitbucketCacheForgetPermission,
  bitbucketPullRequestsCheckPermission,
  bitbucketRemovalsApprovePermission,
  bitbucketStatusReadPermission,
  createStatusRouter,
} from '../status/router';
import { bitbucketCloudServiceRef, deliveriesServiceRef } from './services';
import { settingsServiceRef } from './settings';
import { createPullRequestRuns } from './pullRequests';
import { createRunsRouter } from '../status/runsRouter';

const CATALOG = '@backstage/plugin-catalog-backend';
const SHARED = '@backstage/plugin-catalog-node';

const ownRequire = createRequire(__filename);

type Copy = { dir: string; version: string };

/**
 * A warning where the catalog and this module each have a copy of the package
 * that they share; undefined where they share one.
 *
 * Backstage makes one SCM events service for each copy, so that the catalog hears
 * nothing of what this module publishes. Everything else works by name.
 *
 * @param loadedFiles - those that Node has loaded, which is how the catalog's
 * backend is found wherever it is installed
 */
export function warnOfSecondCopy(
  loadedFiles = Object.keys(ownRequire.cache),
): string | undefined {
  const catalogFile = loadedFiles.find(file =>
    file.replaceAll('\\', '/').includes(`/${CATALOG}/dist/`),
  );
  const ours = copyOf(ownRequire);
  const theirs = catalogFile && copyOf(createRequire(catalogFile));
  if (!ours || !theirs || ours.dir === theirs.dir) {
    return undefined;
  }
  return `This module and the catalog each have a copy of ${SHARED}: ${ours.version} in ${ours.dir}, and ${theirs.version} in ${theirs.dir}. Until they share one copy, registered locations are not updated by pushes. If the backend's package.json lists ${SHARED}, set it to the catalog's version (${theirs.version}), and install again.`;
}

/** What `require` finds; undefined where it finds nothing that can be read. */
function copyOf(from: NodeJS.Require): Copy | undefined {
  try {
    const file = from.resolve(`${SHARED}/package.json`);
    const { version } = JSON.parse(readFileSync(file, 'utf8'));
    return { dir: dirname(file), version };
  } catch {
    return undefined;
  }
}

/** Of all replicas: each delivery reaches one of them. */
const SUBSCRIPTION = 'backstage-plugin-catalog-backend-module-bitbucket';

/**
 * Adds an entity provider to the catalog for each entry of
 * `catalog.providers.bitbucketCloud`, and an endpoint that tells how they do.
 */
export const catalogModuleBitbucketCloud = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'bitbucket-cloud-entity-provider',
  register(env) {
    env.registerInit({
      deps: {
        analysis: catalogAnalysisExtensionPoint,
        auditor: coreServices.auditor,
        auth: coreServices.auth,
        catalog: catalogProcessingExtensionPoint,
        catalogService: catalogServiceRef,
        deliveries: deliveriesServiceRef,
        events: eventsServiceRef,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        rootLifecycle: coreServices.rootLifecycle,
        scheduler: coreServices.scheduler,
        scmEvents: catalogScmEventsServiceRef,
        settings: settingsServiceRef,
        shared: bitbucketCloudServiceRef,
        urlReader: coreServices.urlReader,
      },
      async init(services) {
        const { catalog, deliveries, httpRouter, settings } = services;
        const { lifecycle, logger, permissionsRegistry, scheduler } = services;
        const { index, metrics, webhooks } = services.shared;
        const { host } = index;
        settings.warnings.forEach(warning => logger.warn(warning));
        const secondCopy = warnOfSecondCopy();
        if (secondCopy) {
          logger.warn(secondCopy);
        }
        await index.open();
        if (settings.providers.length > 0) {
          logger.info(
            `Requests to ${host.names.product} are signed with: ${host.credential.label}`,
          );
        }
        const providers = settings.providers.map(
          config =>
            new BitbucketEntityProvider({
              host,
              index,
              metrics,
              config,
              configs: settings.providers,
              logger,
              taskRunner: scheduler.createScheduledTaskRunner(config.schedule),
            }),
        );
        catalog.addEntityProvider(providers);
        catalog.addProcessor(new EditUrlProcessor(host.urls));
        services.analysis.addScmLocationAnalyzer(
          new BitbucketLocationAnalyzer({
            index,
            reader: services.urlReader,
            providers: settings.providers,
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
        permissionsRegistry.addPermissions([
          bitbucketCacheForgetPermission,
          bitbucketPullRequestsCheckPermission,
          bitbucketRemovalsApprovePermission,
          bitbucketStatusReadPermission,
        ]);
        httpRouter.use(
          createStatusRouter({
            ...services,
            index,
            providers,
            pullRequests,
            webhookOf: config => webhooks.statusOf(config),
            trigger: taskId => triggerTask(scheduler, taskId),
          }),
        );
        if (pullRequests) {
          httpRouter.use(
            createRunsRouter({
              find: pageId => pullRequests.runs.record(pageId),
              now: Date.now,
              logger,
            }),
          );
          // A click in a pull request carries no token.
          httpRouter.addAuthPolicy({
            path: '/bitbucket/runs',
            allow: 'unauthenticated',
          });
        }
        metrics.observeBudget(() => host.quota.snapshot());
        metrics.observeDeliveries(() => deliveries.snapshot().counts);
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
              scmEvents: new ScmEvents(services.scmEvents),
              logger,
            }),
            ...providers,
          ],
          logger,
        });
        lifecycle.addShutdownHook(() => queue.stop());
        const receiver = new DeliveryReceiver({
          host,
          queue,
          deliveries,
          logger,
        });
        // Not before the events plugin has started, or the event bus, which is not
        // there yet, is left alone for good.
        services.rootLifecycle.addStartupHook(() =>
          services.events.subscribe({
            id: SUBSCRIPTION,
            topics: [host.deliveries.topic],
            onEvent: event => receiver.receive(event),
          }),
        );
      },
    });
  },
});

async function triggerTask(
  scheduler: SchedulerService,
  taskId: string,
): Promise<void> {
  try {
    await scheduler.triggerTask(taskId);
  } catch (error) {
    // It runs at this moment; the next run is soon enough.
    if (!isError(error) || error.name !== 'ConflictError') {
      throw error;
    }
  }
}

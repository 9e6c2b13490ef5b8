import {
  coreServices,
  createBackendModule,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import { isError } from '@backstage/errors';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { readIntegrationConfig, readProviderConfigs } from './config';
import { deliveriesServiceRef } from './deliveriesService';
import { DELIVERIES_TOPIC, DeliveryReceiver } from './events';
import { BitbucketCloudEntityProvider } from './provider';
import { bitbucketCloudServiceRef } from './sharedService';
import {
  bitbucketCloudRemovalsApprovePermission,
  createStatusRouter,
} from './status';

/** Of all replicas: each delivery reaches one of them. */
const SUBSCRIPTION = 'backstage-plugin-catalog-backend-module-bitbucket-cloud';

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
        auditor: coreServices.auditor,
        catalog: catalogProcessingExtensionPoint,
        config: coreServices.rootConfig,
        deliveries: deliveriesServiceRef,
        events: eventsServiceRef,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        scheduler: coreServices.scheduler,
        shared: bitbucketCloudServiceRef,
      },
      async init(services) {
        const { catalog, config, deliveries, httpRouter } = services;
        const { lifecycle, logger, permissionsRegistry, scheduler } = services;
        const { client, index, metrics } = services.shared;
        const integration = readIntegrationConfig(config);
        const configs = readProviderConfigs(config);
        for (const warning of [...integration.warnings, ...configs.warnings]) {
          logger.warn(warning);
        }
        if (configs.value.length > 0) {
          await index.open();
          logger.info(
            `Requests to Bitbucket Cloud are signed with: ${client.credential.label}`,
          );
        }
        const providers = configs.value.map(
          provider =>
            new BitbucketCloudEntityProvider({
              client,
              index,
              metrics,
              config: provider,
              logger,
              taskRunner: scheduler.createScheduledTaskRunner(
                provider.schedule,
              ),
            }),
        );
        catalog.addEntityProvider(providers);
        lifecycle.addStartupHook(() => {
          // Nobody waits for it: the backend starts, whatever comes of it.
          providers.forEach(provider => provider.checkAccess());
        });
        lifecycle.addShutdownHook(() =>
          providers.forEach(provider => provider.stop()),
        );

        permissionsRegistry.addPermissions([
          bitbucketCloudRemovalsApprovePermission,
        ]);
        httpRouter.use(
          createStatusRouter({
            ...services,
            client,
            providers,
            trigger: taskId => triggerTask(scheduler, taskId),
          }),
        );
        metrics.observeBudget(() => client.budget.snapshot());
        metrics.observeDeliveries(() => deliveries.snapshot().counts);
        providers.forEach(provider =>
          metrics.observeProvider(provider.config.id, () => provider.status()),
        );

        if (providers.length > 0) {
          const receiver = new DeliveryReceiver({
            listeners: providers,
            deliveries,
            logger,
          });
          await services.events.subscribe({
            id: SUBSCRIPTION,
            topics: [DELIVERIES_TOPIC],
            onEvent: event => receiver.receive(event),
          });
        }
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

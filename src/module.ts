import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { readIntegrationConfig, readProviderConfigs } from './config';
import { BitbucketCloudEntityProvider } from './provider';
import { bitbucketCloudServiceRef } from './sharedService';

/** Adds an entity provider to the catalog for each entry of `catalog.providers.bitbucketCloud`. */
export const catalogModuleBitbucketCloud = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'bitbucket-cloud-entity-provider',
  register(env) {
    env.registerInit({
      deps: {
        catalog: catalogProcessingExtensionPoint,
        config: coreServices.rootConfig,
        logger: coreServices.logger,
        scheduler: coreServices.scheduler,
        shared: bitbucketCloudServiceRef,
      },
      async init({ catalog, config, logger, scheduler, shared }) {
        const { client, index } = shared;
        const integration = readIntegrationConfig(config);
        const providers = readProviderConfigs(config);
        for (const warning of [
          ...integration.warnings,
          ...providers.warnings,
        ]) {
          logger.warn(warning);
        }
        if (providers.value.length === 0) {
          return;
        }
        await index.open();
        logger.info(
          `Requests to Bitbucket Cloud are signed with: ${client.credential.label}`,
        );
        for (const provider of providers.value) {
          const taskRunner = scheduler.createScheduledTaskRunner(
            provider.schedule,
          );
          catalog.addEntityProvider(
            new BitbucketCloudEntityProvider({
              client,
              index,
              config: provider,
              logger,
              taskRunner,
            }),
          );
        }
      },
    });
  },
});

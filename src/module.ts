import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { bitbucketClientServiceRef } from './clientService';
import { readIntegrationConfig, readProviderConfigs } from './config';
import { BitbucketCloudEntityProvider } from './provider';
import { openDatabase } from './workspace';

/** Adds an entity provider to the catalog for each entry of `catalog.providers.bitbucketCloud`. */
export const catalogModuleBitbucketCloud = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'bitbucket-cloud-entity-provider',
  register(env) {
    env.registerInit({
      deps: {
        catalog: catalogProcessingExtensionPoint,
        client: bitbucketClientServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
        logger: coreServices.logger,
        scheduler: coreServices.scheduler,
      },
      async init({ catalog, client, config, database, logger, scheduler }) {
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
        const knex = await openDatabase(database, logger);
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
              config: provider,
              database: knex,
              logger,
              taskRunner,
            }),
          );
        }
      },
    });
  },
});

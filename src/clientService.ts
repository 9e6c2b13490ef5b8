import {
  coreServices,
  createServiceFactory,
  createServiceRef,
} from '@backstage/backend-plugin-api';
import { BitbucketClient, createBitbucketClient } from './bitbucket';
import { readIntegrationConfig } from './config';

/**
 * The REST client of a plugin, shared by its entity providers and its URL
 * reader, so that they share connections, tokens and pauses.
 */
export const bitbucketClientServiceRef = createServiceRef<BitbucketClient>({
  id: 'backstage-plugin-catalog-backend-module-bitbucket-cloud.client',
  scope: 'plugin',
  defaultFactory: async service =>
    createServiceFactory({
      service,
      deps: {
        config: coreServices.rootConfig,
        logger: coreServices.logger,
      },
      factory({ config, logger }) {
        const { value: integration } = readIntegrationConfig(config);
        return createBitbucketClient({ ...integration, logger });
      },
    }),
});

import {
  coreServices,
  createBackendFeatureLoader,
} from '@backstage/backend-plugin-api';
import {
  readIntegrationConfig,
  readProviderConfigs,
  readWebhookConfig,
} from './config';
import { eventsModuleBitbucketCloud } from './eventsModule';
import { catalogModuleBitbucketCloud } from './module';
import { bitbucketCloudUrlReaderFactory } from './urlReader';

/**
 * Everything that a backend needs for Bitbucket Cloud: the entity providers of
 * `catalog.providers.bitbucketCloud`, the catalog's reader of bitbucket.org, and
 * the way in for webhooks.
 *
 * @remarks
 *
 * ```ts
 * backend.add(
 *   import('backstage-plugin-catalog-backend-module-bitbucket-cloud'),
 * );
 * ```
 *
 * The configuration is checked when the backend starts, before any plugin does.
 * A mistake stops the start with an error that names the key and the remedy.
 *
 * @public
 */
export const bitbucketCloud = createBackendFeatureLoader({
  deps: { config: coreServices.rootConfig },
  *loader({ config }) {
    // Here, since the built-in URL readers are made before any module's init,
    // and would stumble over a mistake without a word on how to mend it.
    readIntegrationConfig(config);
    readProviderConfigs(config);
    readWebhookConfig(config);
    yield catalogModuleBitbucketCloud;
    yield bitbucketCloudUrlReaderFactory;
    yield eventsModuleBitbucketCloud;
  },
});

/**
 * Fills the Backstage catalog from Bitbucket Cloud workspaces, and reads their
 * files.
 *
 * @packageDocumentation
 */
import {
  coreServices,
  createBackendFeatureLoader,
} from '@backstage/backend-plugin-api';
import { readIntegrationConfig, readProviderConfigs } from './config';
import { catalogModuleBitbucketCloud } from './module';
import { bitbucketCloudUrlReaderFactory } from './urlReader';

/**
 * Everything that a backend needs for Bitbucket Cloud: the entity providers of
 * `catalog.providers.bitbucketCloud`, and the catalog's reader of bitbucket.org.
 *
 * @remarks
 *
 * ```ts
 * backend.add(
 *   import('backstage-plugin-catalog-backend-module-bitbucket-cloud'),
 * );
 * ```
 *
 * The configuration is checked here, before any plugin starts: a mistake is
 * reported with its key and its remedy before the built-in readers stumble over
 * it.
 *
 * @public
 */
const bitbucketCloud = createBackendFeatureLoader({
  deps: { config: coreServices.rootConfig },
  *loader({ config }) {
    readIntegrationConfig(config);
    readProviderConfigs(config);
    yield catalogModuleBitbucketCloud;
    yield bitbucketCloudUrlReaderFactory;
  },
});

export default bitbucketCloud;
export { catalogModuleBitbucketCloud } from './module';

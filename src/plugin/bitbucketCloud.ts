import {
  coreServices,
  createBackendFeatureLoader,
  createServiceFactory,
  createServiceRef,
  ServiceFactory,
  ServiceRef,
} from '@backstage/backend-plugin-api';
import { CatalogTables } from '../catalog-tables/CatalogTables';
import { BitbucketCloudHost } from '../hosts/bitbucket-cloud/BitbucketCloudHost';
import { createBitbucketClient } from '../hosts/bitbucket-cloud/createBitbucketClient';
import { bitbucketCloudDeliveries } from '../hosts/bitbucket-cloud/delivery';
import { Timing } from '../http/retry';
import { KnexBudgetStore } from '../http/sharedBudget';
import { Metrics } from '../metrics/Metrics';
import { createDatabaseOpener } from '../mirror/database';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { InstalledWebhooks } from '../webhooks/InstalledWebhooks';
import { createProductModules } from './module';
import {
  bitbucketCloudDeliveriesRef,
  HostParts,
  metricsServiceRef,
  pullRequestsPerHourOf,
} from './services';
import {
  bitbucketCloudSettingsRef,
  readBitbucketCloudSettings,
} from './settings';

/** Gives the entity providers and the URL reader of a plugin the same parts. */
export const bitbucketCloudServiceRef = createServiceRef<HostParts[]>({
  id: 'backstage-plugin-catalog-backend-module-bitbucket.shared',
  scope: 'plugin',
  defaultFactory: async service => createBitbucketCloudFactory(service),
});

/** @param timing - other time limits and waits than the default ones, or another clock */
export function createBitbucketCloudFactory(
  service: ServiceRef<HostParts[], 'plugin'>,
  timing?: Partial<Timing>,
): ServiceFactory<HostParts[], 'plugin'> {
  return createServiceFactory({
    service,
    deps: {
      database: coreServices.database,
      lifecycle: coreServices.lifecycle,
      logger: coreServices.logger,
      metricsService: metricsServiceRef,
      settings: bitbucketCloudSettingsRef,
    },
    factory({ database, lifecycle, logger, metricsService, settings }) {
      const { integration, providers } = settings;
      const open = createDatabaseOpener(database);
      const metrics = new Metrics(metricsService, BitbucketCloudHost.id);
      const client = createBitbucketClient({
        ...integration,
        logger,
        timing,
        budgetStore: new KnexBudgetStore(open),
        pullRequestsPerHour: pullRequestsPerHourOf(providers),
        metrics,
      });
      const host = new BitbucketCloudHost(client);
      lifecycle.addShutdownHook(() => host.quota.save());
      const index = new WorkspaceIndex({
        host,
        open,
        catalog: new CatalogTables({ open, urls: host.urls, logger }),
        freshnessMs: integration.freshnessMs,
        now: timing?.now,
      });
      const webhooks = new InstalledWebhooks({
        host,
        taskId: 'bitbucketCloud-webhooks',
        open,
        configs: providers,
        secrets: settings.webhooks.secrets,
        logger,
      });
      return [{ index, providers, metrics, webhooks }];
    },
  });
}

const modules = createProductModules({
  id: 'bitbucket-cloud',
  deliveries: bitbucketCloudDeliveries,
  subscriptionOf: () => 'backstage-plugin-catalog-backend-module-bitbucket',
  settingsRef: bitbucketCloudSettingsRef,
  partsRef: bitbucketCloudServiceRef,
  deliveriesRef: bitbucketCloudDeliveriesRef,
});

/**
 * Everything that a backend needs for Bitbucket Cloud: the entity providers of
 * `catalog.providers.bitbucketCloud`, the catalog's reader of bitbucket.org, and
 * the way in for webhooks.
 *
 * @remarks
 *
 * ```ts
 * backend.add(
 *   import('backstage-plugin-catalog-backend-module-bitbucket'),
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
    // and would fail at a mistake without saying how to fix it.
    const settings = readBitbucketCloudSettings(config);
    yield createServiceFactory({
      service: bitbucketCloudSettingsRef,
      deps: {},
      factory: () => settings,
    });
    yield* modules;
  },
});

import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  ServiceFactory,
  ServiceRef,
} from '@backstage/backend-plugin-api';
import type { MetricsService } from '@backstage/backend-plugin-api/alpha';
import { metrics as openTelemetry } from '@opentelemetry/api';
import { CatalogTables } from '../catalog-tables/CatalogTables';
import { Deliveries } from '../changes/DeliveryReceiver';
import { ProviderConfig } from '../config/types';
import { BitbucketCloudHost } from '../hosts/bitbucket-cloud/BitbucketCloudHost';
import { createBitbucketClient } from '../hosts/bitbucket-cloud/createBitbucketClient';
import { Timing } from '../http/retry';
import { KnexBudgetStore } from '../http/sharedBudget';
import { Metrics } from '../metrics/Metrics';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { createDatabaseOpener } from '../mirror/database';
import { InstalledWebhooks } from '../webhooks/InstalledWebhooks';
import { settingsServiceRef } from './settings';

/**
 * The backend's metrics service, by the id that `metricsServiceRef` of
 * `@backstage/backend-plugin-api/alpha` gives it. The service is an alpha, so
 * where a backend has none, OpenTelemetry is asked itself, as the service would.
 */
export const metricsServiceRef = createServiceRef<MetricsService>({
  id: 'alpha.core.metrics',
  scope: 'plugin',
  defaultFactory: async service =>
    createServiceFactory({
      service,
      deps: { plugin: coreServices.pluginMetadata },
      factory: ({ plugin }) =>
        openTelemetry.getMeter(`backstage-plugin-${plugin.getId()}`),
    }),
});

/** Counts deliveries for the plugin that lets them in and the one that acts on them. */
export const deliveriesServiceRef = createServiceRef<Deliveries>({
  id: 'backstage-plugin-catalog-backend-module-bitbucket.deliveries',
  scope: 'root',
  defaultFactory: async service =>
    createServiceFactory({
      service,
      deps: {},
      factory: () => new Deliveries(),
    }),
});

/** What the entity providers and the URL reader of a plugin share. */
type BitbucketCloudParts = {
  /** What is known of the workspaces, and the host, with one set of connections, tokens, pauses and budgets. */
  index: WorkspaceIndex;
  /** The webhooks that the providers are to have. */
  webhooks: Pick<InstalledWebhooks, 'schedule' | 'statusOf'>;
  /** The numbers for the backend's monitoring. */
  metrics: Metrics;
};

/** Gives the entity providers and the URL reader of a plugin the same parts. */
export const bitbucketCloudServiceRef = createServiceRef<BitbucketCloudParts>({
  id: 'backstage-plugin-catalog-backend-module-bitbucket.shared',
  scope: 'plugin',
  defaultFactory: async service => createBitbucketCloudFactory(service),
});

/** All providers share the credential, and so the hour. */
function pullRequestsPerHourOf(
  providers: readonly ProviderConfig[],
): number | undefined {
  const limits = providers.flatMap(
    ({ pullRequests }) => pullRequests?.requestsPerHour ?? [],
  );
  return limits.length > 0 ? Math.max(...limits) : undefined;
}

/** @param timing - other time limits and waits than the default ones, or another clock */
export function createBitbucketCloudFactory(
  service: ServiceRef<BitbucketCloudParts, 'plugin'>,
  timing?: Partial<Timing>,
): ServiceFactory<BitbucketCloudParts, 'plugin'> {
  return createServiceFactory({
    service,
    deps: {
      database: coreServices.database,
      lifecycle: coreServices.lifecycle,
      logger: coreServices.logger,
      metricsService: metricsServiceRef,
      settings: settingsServiceRef,
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
      const { freshnessMs } = integration;
      const now = timing?.now;
      const index = new WorkspaceIndex({
        host,
        open,
        catalog: new CatalogTables({ open, urls: host.urls, logger }),
        freshnessMs,
        now,
      });
      const webhooks = new InstalledWebhooks({
        host,
        taskId: 'bitbucketCloud-webhooks',
        open,
        configs: providers,
        secrets: settings.webhooks.secrets,
        logger,
      });
      return { index, metrics, webhooks };
    },
  });
}

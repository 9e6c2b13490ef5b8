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
import { readIntegrationConfig } from '../config/integration';
import { readCatalogFileNames } from '../config/providers';
import { BitbucketClient } from '../hosts/bitbucket-cloud/BitbucketClient';
import { createBitbucketClient } from '../hosts/bitbucket-cloud/createBitbucketClient';
import { Timing } from '../http/timing';
import { Metrics } from '../metrics/Metrics';
import { KnexBudgetStore } from '../mirror/KnexBudgetStore';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { createDatabaseOpener } from '../mirror/database';

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
  /** With one set of connections, tokens, pauses and budgets. */
  client: BitbucketClient;
  /** What is known of the workspaces. */
  index: WorkspaceIndex;
  /** The numbers for the backend's monitoring. */
  metrics: Metrics;
  /** What catalog files are called. */
  catalogFileNames: readonly string[];
};

/** Gives the entity providers and the URL reader of a plugin the same parts. */
export const bitbucketCloudServiceRef = createServiceRef<BitbucketCloudParts>({
  id: 'backstage-plugin-catalog-backend-module-bitbucket.shared',
  scope: 'plugin',
  defaultFactory: async service => createBitbucketCloudFactory(service),
});

/** @param timing - other time limits and waits than the default ones, or another clock */
export function createBitbucketCloudFactory(
  service: ServiceRef<BitbucketCloudParts, 'plugin'>,
  timing?: Partial<Timing>,
): ServiceFactory<BitbucketCloudParts, 'plugin'> {
  return createServiceFactory({
    service,
    deps: {
      config: coreServices.rootConfig,
      database: coreServices.database,
      lifecycle: coreServices.lifecycle,
      logger: coreServices.logger,
      metricsService: metricsServiceRef,
    },
    factory({ config, database, lifecycle, logger, metricsService }) {
      const { value: integration } = readIntegrationConfig(config);
      const open = createDatabaseOpener(database);
      const metrics = new Metrics(metricsService, 'bitbucket.org');
      const client = createBitbucketClient({
        ...integration,
        logger,
        timing,
        budgetStore: new KnexBudgetStore(open),
        metrics,
      });
      lifecycle.addShutdownHook(() => client.budget.save());
      const { freshnessMs } = integration;
      const now = timing?.now;
      const index = new WorkspaceIndex({
        client,
        open,
        catalog: new CatalogTables({ open, logger }),
        freshnessMs,
        now,
      });
      const catalogFileNames = readCatalogFileNames(config);
      return { client, index, metrics, catalogFileNames };
    },
  });
}

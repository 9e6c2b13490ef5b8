import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  ServiceFactory,
  ServiceRef,
} from '@backstage/backend-plugin-api';
import { BitbucketClient, createBitbucketClient, Timing } from './bitbucket';
import { CatalogTables } from './catalog-tables';
import { readCatalogFileNames, readIntegrationConfig } from './config';
import { Metrics } from './metrics';
import { metricsServiceRef } from './metricsService';
import {
  createDatabaseOpener,
  KnexBudgetStore,
  WorkspaceIndex,
} from './workspace';

/** What the entity providers and the URL reader of a plugin share. */
export type BitbucketCloudParts = {
  /** With one set of connections, tokens, pauses and budgets. */
  client: BitbucketClient;
  /** What is known of the workspaces. */
  index: WorkspaceIndex;
  /** What the backend's monitoring is told. */
  metrics: Metrics;
  /** What catalog files are called. */
  catalogFileNames: readonly string[];
};

/** Gives the entity providers and the URL reader of a plugin the same parts. */
export const bitbucketCloudServiceRef = createServiceRef<BitbucketCloudParts>({
  id: 'backstage-plugin-catalog-backend-module-bitbucket-cloud.shared',
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
      const metrics = new Metrics(metricsService);
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

import {
  coreServices,
  createBackendFeatureLoader,
  createServiceFactory,
  createServiceRef,
  LoggerService,
  ServiceFactory,
  ServiceRef,
} from '@backstage/backend-plugin-api';
import type { MetricsService } from '@backstage/backend-plugin-api/alpha';
import { durationToMilliseconds } from '@backstage/types';
import { Knex } from 'knex';
import { CatalogTables } from '../catalog-tables/CatalogTables';
import { DataCenterIntegrationConfig, ProviderConfig } from '../config/types';
import { BitbucketDataCenterHost } from '../hosts/bitbucket-data-center/BitbucketDataCenterHost';
import { createDataCenterClient } from '../hosts/bitbucket-data-center/createDataCenterClient';
import { createDataCenterDeliveries } from '../hosts/bitbucket-data-center/delivery';
import { headsOf } from '../hosts/bitbucket-data-center/limits';
import { PullRequests } from '../hosts/bitbucket-data-center/pullRequests';
import { Timing } from '../http/retry';
import { filterRepositories, selectionOf } from '../ingestion/filters';
import { KnexPaceStore } from '../http/sharedPace';
import { Metrics } from '../metrics/Metrics';
import { createDatabaseOpener } from '../mirror/database';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { InstalledWebhooks } from '../webhooks/InstalledWebhooks';
import { createProductModules } from './module';
import {
  dataCenterDeliveriesRef,
  HostParts,
  metricsServiceRef,
} from './services';
import {
  DataCenterSettings,
  dataCenterSettingsRef,
  readDataCenterSettings,
} from './settings';

/** Gives the entity providers and the URL reader of a plugin the same parts. */
export const dataCenterServiceRef = createServiceRef<HostParts[]>({
  id: 'backstage-plugin-catalog-backend-module-bitbucket.data-center.shared',
  scope: 'plugin',
  defaultFactory: async service => createDataCenterFactory(service),
});

/** @param timing - other time limits and waits than the default ones, or another clock */
export function createDataCenterFactory(
  service: ServiceRef<HostParts[], 'plugin'>,
  timing?: Partial<Timing>,
): ServiceFactory<HostParts[], 'plugin'> {
  return createServiceFactory({
    service,
    deps: {
      database: coreServices.database,
      logger: coreServices.logger,
      metricsService: metricsServiceRef,
      settings: dataCenterSettingsRef,
    },
    factory({ database, settings, ...services }) {
      const open = createDatabaseOpener(database);
      return settings.integrations.map(integration =>
        createInstance(integration, settings, { ...services, open, timing }),
      );
    },
  });
}

function createInstance(
  integration: DataCenterIntegrationConfig,
  settings: DataCenterSettings,
  services: {
    logger: LoggerService;
    metricsService: MetricsService;
    open: () => Promise<Knex>;
    timing?: Partial<Timing>;
  },
): HostParts {
  const { host: hostName } = integration;
  const { logger, open, timing } = services;
  const providers = settings.providers.filter(
    ({ workspace }) => workspace === hostName,
  );
  const metrics = new Metrics(services.metricsService, hostName);
  const client = createDataCenterClient({
    ...integration,
    logger,
    timing,
    paceStore: new KnexPaceStore(open),
    metrics,
  });
  const host = new BitbucketDataCenterHost({
    client,
    deliveries: createDataCenterDeliveries({
      host: hostName,
      otherHosts: settings.integrations
        .map(other => other.host)
        .filter(other => other !== hostName),
    }),
    pullRequests: new PullRequests(client.api),
    now: timing?.now,
    heads: () =>
      headsOf({
        // Without a provider there is no webhook of ours, and no walk.
        withWebhooks:
          providers.length > 0 &&
          providers.every(
            provider =>
              webhooks.isPending(provider) ||
              isDelivered(webhooks.statusOf(provider)?.state),
          ),
        walkMs: walkMsOf(providers),
      }),
  });
  const index = new WorkspaceIndex({
    host,
    open,
    catalog: new CatalogTables({ open, urls: host.urls, logger }),
    freshnessMs: integration.freshnessMs,
    headFreshnessMs: integration.headFreshnessMs,
    now: timing?.now,
  });
  const webhooks: InstalledWebhooks = new InstalledWebhooks({
    host,
    taskId: `bitbucketServer-webhooks:${hostName}`,
    open,
    configs: providers,
    secrets: settings.webhooks.secrets,
    projects: config => projectsOf(index, config),
    logger,
    now: timing?.now,
  });
  return { index, providers, metrics, webhooks };
}

/** Whether each project has its webhook, as far as this process knows. */
function isDelivered(state: string | undefined): boolean {
  return state === 'installed' || state === 'created' || state === 'repaired';
}

const DEFAULT_WALK_MS = 120_000;

/** The time between two walks; the shortest one where providers differ. */
function walkMsOf(providers: readonly ProviderConfig[]): number {
  const times = providers.map(({ schedule: { frequency } }) =>
    'cron' in frequency || 'trigger' in frequency
      ? DEFAULT_WALK_MS
      : durationToMilliseconds(frequency),
  );
  return times.length > 0 ? Math.min(...times) : DEFAULT_WALK_MS;
}

/** The projects of the repositories that a provider's filters let in. */
async function projectsOf(
  index: WorkspaceIndex,
  config: ProviderConfig,
): Promise<string[]> {
  const repositories = filterRepositories(
    await index.repositories.known(selectionOf(config)),
    config.filters,
  );
  const keys = repositories.flatMap(({ projectKey }) => projectKey ?? []);
  return [...new Set(keys)];
}

const modules = createProductModules({
  id: 'bitbucket-data-center',
  // What the host is called makes no difference to what is read of these.
  deliveries: createDataCenterDeliveries({ host: '' }),
  subscriptionOf: hostId =>
    `backstage-plugin-catalog-backend-module-bitbucket:${hostId}`,
  settingsRef: dataCenterSettingsRef,
  partsRef: dataCenterServiceRef,
  deliveriesRef: dataCenterDeliveriesRef,
});

/**
 * Everything that a backend needs for Bitbucket Data Center: the entity providers of
 * `catalog.providers.bitbucketServer`, the catalog's reader of the instances in
 * `integrations.bitbucketServer`, and the way in for webhooks.
 *
 * @remarks
 *
 * ```ts
 * backend.add(
 *   import('backstage-plugin-catalog-backend-module-bitbucket/data-center'),
 * );
 * ```
 *
 * The configuration is checked when the backend starts, before any plugin does.
 * A mistake stops the start with an error that names the key and the remedy.
 *
 * @public
 */
export const bitbucketDataCenter = createBackendFeatureLoader({
  deps: { config: coreServices.rootConfig },
  *loader({ config }) {
    const settings = readDataCenterSettings(config);
    yield createServiceFactory({
      service: dataCenterSettingsRef,
      deps: {},
      factory: () => settings,
    });
    yield* modules;
  },
});

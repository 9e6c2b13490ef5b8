import {
  coreServices,
  createServiceFactory,
  createServiceRef,
} from '@backstage/backend-plugin-api';
import type { MetricsService } from '@backstage/backend-plugin-api/alpha';
import { metrics as openTelemetry } from '@opentelemetry/api';
import { Deliveries } from '../changes/DeliveryReceiver';
import { ProviderConfig } from '../config/types';
import { Metrics } from '../metrics/Metrics';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { WebhookStatus } from '../scm/types';
import { StatusHost } from '../status/actions';

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

/** A service that counts deliveries for the plugin that lets them in and the one that acts on them. */
const createDeliveriesRef = (id: string) =>
  createServiceRef<Deliveries>({
    id: `backstage-plugin-catalog-backend-module-bitbucket.${id}`,
    scope: 'root',
    defaultFactory: async service =>
      createServiceFactory({
        service,
        deps: {},
        factory: () => new Deliveries(),
      }),
  });

/** Of Bitbucket Cloud. */
export const bitbucketCloudDeliveriesRef = createDeliveriesRef('deliveries');

/** Of all instances of Bitbucket Data Center. */
export const dataCenterDeliveriesRef = createDeliveriesRef(
  'data-center.deliveries',
);

/** The webhooks that the providers of a host are to have. */
type HostWebhooks = {
  /** Has them installed and checked, as often as is configured. */
  schedule(scheduler: typeof coreServices.scheduler.T): Promise<void>;
  statusOf(config: ProviderConfig): WebhookStatus | undefined;
};

/** What the entity providers and the URL reader of a host share. */
export type HostParts = {
  /** What is known of the repositories, and the host, with one set of connections, tokens and pauses. */
  index: WorkspaceIndex;
  /** Its entity providers, as they are configured. */
  providers: readonly ProviderConfig[];
  webhooks: HostWebhooks;
  /** The numbers for the backend's monitoring. */
  metrics: Metrics;
};

/** The hosts of all products that are installed in a plugin, which share the endpoints. */
type InstalledHosts = {
  all: StatusHost[];
  /** Whether the endpoints are there. */
  areServed: boolean;
};

export const installedHostsRef = createServiceRef<InstalledHosts>({
  id: 'backstage-plugin-catalog-backend-module-bitbucket.hosts',
  scope: 'plugin',
  defaultFactory: async service =>
    createServiceFactory({
      service,
      deps: {},
      factory: () => ({ all: [], areServed: false }),
    }),
});

/** The most requests an hour for pull requests: all providers share the credential, and so the hour. */
export function pullRequestsPerHourOf(
  providers: readonly ProviderConfig[],
): number | undefined {
  const limits = providers.flatMap(
    ({ pullRequests }) => pullRequests?.requestsPerHour ?? [],
  );
  return limits.length > 0 ? Math.max(...limits) : undefined;
}

import {
  coreServices,
  createServiceFactory,
  createServiceRef,
} from '@backstage/backend-plugin-api';
import type { MetricsService } from '@backstage/backend-plugin-api/alpha';
import { metrics } from '@opentelemetry/api';

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
        metrics.getMeter(`backstage-plugin-${plugin.getId()}`),
    }),
});

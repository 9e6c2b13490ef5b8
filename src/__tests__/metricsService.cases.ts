import { createSpecializedBackend } from '@backstage/backend-app-api';
import { createBackendPlugin } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { PrometheusEndpoint } from '../../testing/prometheus';
import { Metrics } from '../metrics/Metrics';
import { metricsServiceRef } from '../plugin/services';

describe('metricsServiceRef', () => {
  it('falls back to OpenTelemetry in a backend without a metrics service', async () => {
    const endpoint = await PrometheusEndpoint.start();
    const backend = createSpecializedBackend({
      defaultServiceFactories: [
        mockServices.rootConfig.factory(),
        mockServices.rootLogger.factory(),
        mockServices.rootLifecycle.factory(),
        mockServices.rootHealth.factory(),
        mockServices.lifecycle.factory(),
        mockServices.logger.factory(),
      ],
    });
    backend.add(
      createBackendPlugin({
        pluginId: 'catalog',
        register(env) {
          env.registerInit({
            deps: { service: metricsServiceRef },
            async init({ service }) {
              const metrics = new Metrics(service, 'bitbucket.org');
              metrics.readEnded({ source: 'mirror', result: 'found' });
            },
          });
        },
      }),
    );
    await backend.start();
    const samples = await endpoint.samples();
    await backend.stop();
    await endpoint.stop();
    expect(samples).toEqual([
      {
        name: 'catalog_bitbucket_reads_count_total',
        labels: {
          otel_scope_name: 'backstage-plugin-catalog',
          host: 'bitbucket.org',
          source: 'mirror',
          result: 'found',
        },
        value: 1,
      },
    ]);
  });
});

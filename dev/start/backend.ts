import { createBackend } from '@backstage/backend-defaults';
import { WinstonLogger } from '@backstage/backend-defaults/rootLogger';
import {
  coreServices,
  createServiceFactory,
  ServiceRef,
} from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import { JsonObject, JsonValue } from '@backstage/types';
import { HOST } from './ports';

/** What the demonstration backend is made of. */
export type BackendOptions = {
  port: number;
  /** `integrations.bitbucketCloud`. */
  integration: JsonValue;
  /** `catalog.providers.bitbucketCloud`. */
  provider: JsonObject;
  /** What deliveries are signed with. */
  webhookSecret: string;
  logger: WinstonLogger;
};

/** A backend as a user would put it together, with everything in memory and all modules loaded. */
export async function createDemoBackend(options: BackendOptions) {
  const { integration, webhookSecret, logger } = options;
  const config = new ConfigReader(toConfig(options));
  logger.addRedactions([...secretsOf(integration), webhookSecret]);
  const backend = createBackend();
  backend.add(provide(coreServices.rootConfig, config));
  backend.add(provide(coreServices.rootLogger, logger));
  const features = [
    import('@backstage/plugin-events-backend'),
    import('@backstage/plugin-catalog-backend'),
    import('../../src'),
  ];
  features.forEach(feature => backend.add(feature));
  await Promise.all(features);
  return backend;
}

function provide<T extends {}>(
  service: ServiceRef<T, 'root', 'singleton'>,
  value: T,
) {
  return createServiceFactory({ service, deps: {}, factory: () => value });
}

function toConfig(options: BackendOptions): JsonObject {
  const { port, integration, provider, webhookSecret } = options;
  const baseUrl = `http://${HOST}:${port}`;
  return {
    app: { baseUrl },
    backend: {
      baseUrl,
      listen: { host: HOST, port },
      database: { client: 'better-sqlite3', connection: ':memory:' },
      // Everything is local demo data without secrets, so that a plain
      // curl may look at it.
      auth: { dangerouslyDisableDefaultAuthPolicy: true },
    },
    // One process is all there is.
    events: {
      useEventBus: 'never',
      modules: { bitbucketCloud: { webhookSecret } },
    },
    integrations: { bitbucketCloud: integration },
    catalog: {
      rules: [
        {
          allow: [
            'API',
            'Component',
            'Domain',
            'Group',
            'Location',
            'Resource',
            'System',
            'User',
          ],
        },
      ],
      providers: { bitbucketCloud: provider },
      // So that a saved file shows at once.
      stitchingStrategy: { pollingInterval: { milliseconds: 200 } },
    },
  };
}

/** Keys of an entry of `integrations.bitbucketCloud` whose values never show in the log. */
const SECRET_KEYS = ['token', 'appPassword', 'clientSecret'];

function secretsOf(integration: JsonValue): string[] {
  const entries = Array.isArray(integration) ? integration : [];
  return entries
    .flatMap(entry => Object.entries(entry ?? {}))
    .filter(([key]) => SECRET_KEYS.includes(key))
    .map(([, value]) => String(value));
}

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
import { CatalogSource } from './source';

/** What the demonstration backend is made of. */
export type BackendOptions = Pick<
  CatalogSource,
  'product' | 'integration' | 'provider'
> & {
  port: number;
  /** What deliveries are signed with. */
  webhookSecret: string;
  logger: WinstonLogger;
};

/** A backend as a user would put it together, with everything in memory and all modules loaded. */
export async function createDemoBackend(options: BackendOptions) {
  const { integration, product, webhookSecret, logger } = options;
  const config = new ConfigReader(toConfig(options));
  logger.addRedactions([...secretsOf(integration), webhookSecret]);
  const backend = createBackend();
  backend.add(provide(coreServices.rootConfig, config));
  backend.add(provide(coreServices.rootLogger, logger));
  const features = [
    import('@backstage/plugin-events-backend'),
    import('@backstage/plugin-catalog-backend'),
    product.feature(),
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
  const { port, integration, product, provider, webhookSecret } = options;
  const { section } = product;
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
      modules: { [section]: { webhookSecret } },
    },
    integrations: { [section]: integration },
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
      providers: { [section]: provider },
      // So that a saved file shows at once.
      stitchingStrategy: { pollingInterval: { milliseconds: 200 } },
    },
  };
}

/** Keys of an entry of `integrations` whose values never show in the log. */
const SECRET_KEYS = ['token', 'appPassword', 'clientSecret'];

function secretsOf(integration: JsonValue): string[] {
  const entries = Array.isArray(integration) ? integration : [];
  return entries
    .flatMap(entry => Object.entries(entry ?? {}))
    .filter(([key]) => SECRET_KEYS.includes(key))
    .map(([, value]) => String(value));
}

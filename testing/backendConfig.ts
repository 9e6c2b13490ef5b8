import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import { JsonObject } from '@backstage/types';
import { freePort } from '../dev/freePort';

/** Where a backend keeps its data. */
export type Database = JsonObject;

/** `integrations`, and parts of `backend`, and of `catalog` other than its rules. */
export type TestConfig = JsonObject & {
  backend?: JsonObject;
  catalog?: JsonObject;
};

const SQLITE_IN_MEMORY: Database = {
  client: 'better-sqlite3',
  connection: ':memory:',
};

/** How often the catalog looks whether there is something to show; by default once a second. */
const LOOKS_FOR_WORK = { milliseconds: 100 };

const ALL_KINDS = [
  'API',
  'Component',
  'Domain',
  'Group',
  'Location',
  'Resource',
  'System',
  'User',
];

/**
 * The whole configuration of a backend, and where it is going to listen.
 *
 * @param givenPort - default: one that is free
 */
export async function backendConfig(
  config: TestConfig,
  database: Database = SQLITE_IN_MEMORY,
  givenPort?: number,
): Promise<{ baseUrl: string; data: JsonObject }> {
  const port = givenPort ?? (await freePort());
  const baseUrl = `http://127.0.0.1:${port}`;
  const data = {
    app: { baseUrl },
    ...config,
    catalog: {
      rules: [{ allow: ALL_KINDS }],
      processingInterval: { seconds: 1 },
      stitchingStrategy: { mode: 'deferred', pollingInterval: LOOKS_FOR_WORK },
      ...config.catalog,
    },
    backend: {
      baseUrl,
      listen: { host: '127.0.0.1', port },
      database,
      auth: { dangerouslyDisableDefaultAuthPolicy: true },
      ...config.backend,
    },
  };
  return { baseUrl, data };
}

/** The configuration of a backend, for which no file is read. */
export function rootConfig(data: JsonObject) {
  return createServiceFactory({
    service: coreServices.rootConfig,
    deps: {},
    factory: () => new ConfigReader(data),
  });
}

import { createBackend } from '@backstage/backend-defaults';
import { BackendFeature } from '@backstage/backend-plugin-api';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import { Knex } from 'knex';
import bitbucketCloud from '../src';
import {
  backendConfig,
  Database,
  rootConfig,
  TestConfig,
} from './backendConfig';
import { compileApiSchemaOnce } from './compileApiSchemaOnce';
import { databaseService } from './databaseService';
import { LogLine, recordLogs } from './logs';
import { eagerCatalog } from './eagerCatalog';
import { ObservedBackend } from './ObservedBackend';
import { until } from './until';

compileApiSchemaOnce();
eagerCatalog();

/** A real Backstage backend with the catalog in it, and what a test asks of it. */
export class TestBackend extends ObservedBackend {
  private constructor(
    baseUrl: string,
    logs: LogLine[],
    readonly stop: () => Promise<void>,
    product?: 'bitbucketCloud' | 'bitbucketServer',
  ) {
    super(baseUrl, logs, product);
  }

  /**
   * Starts a backend whose walks run when {@link TestBackend.walk} is called,
   * and once at the start.
   */
  static async start(options: {
    config: TestConfig;
    database?: Database;
    /** Where it listens, where that has to be known beforehand. Default: a free port. */
    port?: number;
    /** What is installed beside the catalog; this module where nothing is given. */
    features?: BackendFeature[];
    /** Whose providers are walked. Default: those of Bitbucket Cloud. */
    product?: 'bitbucketCloud' | 'bitbucketServer';
  }): Promise<TestBackend> {
    const { config, database: kept, port } = options;
    const { baseUrl, data } = await backendConfig(config, kept, port);
    const logs: LogLine[] = [];
    const backend = createBackend();
    backend.add(rootConfig(data));
    backend.add(recordLogs(logs));
    backend.add(catalogPlugin);
    for (const feature of options.features ?? [bitbucketCloud]) {
      backend.add(feature);
    }
    const databases = new Set<Knex>();
    backend.add(databaseService(databases));
    const stop = async () => {
      await backend.stop();
      await Promise.all([...databases].map(close));
    };
    try {
      await backend.start();
    } catch (error) {
      await stop();
      throw error;
    }
    return new TestBackend(baseUrl, logs, stop, options.product);
  }
}

async function close(knex: Knex): Promise<void> {
  const { pool } = knex.client;
  // What was being processed ends a little later.
  await until(
    async () =>
      !pool ||
      pool.numUsed() + pool.numPendingAcquires() + pool.numPendingCreates() ===
        0,
    'a plugin to release its database',
  );
  await knex.destroy();
}

import { DatabaseManager } from '@backstage/backend-defaults/database';
import { mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { Knex } from 'knex';
import { Database } from './backendConfig';

/** Opens the database of a catalog, which must have been started once. */
export async function openDatabase(database: Database): Promise<Knex> {
  const config = new ConfigReader({
    backend: { database: { ...database, ensureExists: false } },
  });
  return DatabaseManager.fromConfig(config)
    .forPlugin('catalog', {
      lifecycle: mockServices.lifecycle.mock(),
      logger: mockServices.logger.mock(),
    })
    .getClient();
}

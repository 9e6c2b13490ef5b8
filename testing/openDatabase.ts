import { DatabaseManager } from '@backstage/backend-defaults/database';
import { ConfigReader } from '@backstage/config';
import { Knex } from 'knex';
import { Database } from './backendConfig';
import { recordingLogger } from './bitbucket/recordingLogger';

/** Opens the database of a catalog, which must have been started once. */
export async function openDatabase(database: Database): Promise<Knex> {
  const config = new ConfigReader({
    backend: { database: { ...database, ensureExists: false } },
  });
  return DatabaseManager.fromConfig(config)
    .forPlugin('catalog', {
      lifecycle: { addStartupHook() {}, addShutdownHook() {} },
      logger: recordingLogger(),
    })
    .getClient();
}

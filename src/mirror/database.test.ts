import knexFactory from 'knex';
import { openDatabase } from './database';

describe('openDatabase', () => {
  it('refuses MySQL, and says which databases there are instead', async () => {
    // No driver is needed before something is asked.
    const knex = knexFactory({ client: class extends knexFactory.Client {} });
    knex.client.config.client = 'mysql2';
    await expect(openDatabase({ getClient: async () => knex })).rejects.toThrow(
      'backend.database.client is mysql2, which this module does not support: use pg or better-sqlite3',
    );
  });
});

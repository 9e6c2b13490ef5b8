import knexFactory, { Knex } from 'knex';
import { createDatabaseOpener } from '../../src/mirror/database';

const databases: Knex[] = [];

/** Opens a database of this test's own, with the tables of this module in it. */
export function memoryDatabase(): () => Promise<Knex> {
  const knex = knexFactory({
    client: 'better-sqlite3',
    connection: ':memory:',
    useNullAsDefault: true,
  });
  databases.push(knex);
  return createDatabaseOpener({ getClient: async () => knex });
}

afterEach(async () => {
  await Promise.all(databases.splice(0).map(knex => knex.destroy()));
});

import { Knex } from 'knex';
import { createDatabaseOpener } from '../../src/mirror/database';
import { memoryKnex } from '../memoryKnex';

/** Opens a database of this test's own, with the tables of this module in it. */
export function memoryDatabase(): () => Promise<Knex> {
  const knex = memoryKnex();
  return createDatabaseOpener({ getClient: async () => knex });
}

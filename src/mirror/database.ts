import { DatabaseService } from '@backstage/backend-plugin-api';
import { Knex } from 'knex';
import { migrationSource } from './migrations';

/** What knex calls them. */
const SUPPORTED = ['pg', 'better-sqlite3', 'sqlite3'];

const MIGRATIONS = 'bitbucket__knex_migrations';

/**
 * Opens the database once someone needs it, and again after a failure.
 */
export function createDatabaseOpener(
  database: DatabaseService,
): () => Promise<Knex> {
  let opening: Promise<Knex> | undefined;
  return () => {
    opening ??= openDatabase(database).catch(error => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
}

/**
 * The catalog's database, with the tables of this module in it. Their names
 * begin with `bitbucket__`, and a migrations table of their own keeps
 * count of them, so that they do not meet the catalog's.
 */
export async function openDatabase(database: DatabaseService): Promise<Knex> {
  const knex = await database.getClient();
  throwIfUnsupported(knex);
  if (!database.migrations?.skip) {
    await migrate(knex);
  }
  return knex;
}

function throwIfUnsupported(knex: Knex): void {
  const { client } = knex.client.config;
  if (!SUPPORTED.includes(client)) {
    throw new Error(
      `backend.database.client is ${client}, which this module does not support: use pg or better-sqlite3`,
    );
  }
}

/**
 * In one transaction, so that a process which is killed leaves nothing half done
 * and nothing locked. Replicas that meet a fresh database at once come one after
 * the other: knex's own lock cannot see to that while its table is being made.
 */
async function migrate(knex: Knex): Promise<void> {
  await knex.transaction(async transaction => {
    if (knex.client.config.client === 'pg') {
      await transaction.raw('SELECT pg_advisory_xact_lock(hashtext(?))', [
        MIGRATIONS,
      ]);
    }
    await transaction.migrate.latest({
      migrationSource,
      tableName: MIGRATIONS,
    });
  });
}

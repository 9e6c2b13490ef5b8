import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseService, LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { Knex } from 'knex';
import { migrationSource } from './migrations';

const ATTEMPTS = 10;
const WAIT_MS = 500;

/**
 * Opens the database once someone needs it, and again after a failure.
 */
export function createDatabaseOpener(
  database: DatabaseService,
  logger: LoggerService,
): () => Promise<Knex> {
  let opening: Promise<Knex> | undefined;
  return () => {
    opening ??= openDatabase(database, logger).catch(error => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
}

/**
 * The catalog's database, with the tables of this module in it. Their names
 * begin with `bitbucket_cloud__`, and a migrations table of their own keeps
 * count of them, so that they do not meet the catalog's.
 */
export async function openDatabase(
  database: DatabaseService,
  logger: LoggerService,
): Promise<Knex> {
  const knex = await database.getClient();
  if (!database.migrations?.skip) {
    await migrate(knex, logger);
  }
  return knex;
}

/**
 * Two replicas that meet a fresh database at once both create the table of
 * migrations, or ask for its lock. The one that fails tries again, and finds
 * the work done.
 */
async function migrate(knex: Knex, logger: LoggerService): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await knex.migrate.latest({
        migrationSource,
        tableName: 'bitbucket_cloud__knex_migrations',
      });
      return;
    } catch (error) {
      if (attempt === ATTEMPTS) {
        throw error;
      }
      logger.info(
        `The tables of Bitbucket Cloud could not be made, which is tried again: ${
          toError(error).message
        }`,
      );
      await sleep(WAIT_MS);
    }
  }
}

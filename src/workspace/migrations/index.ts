import { Knex } from 'knex';
import { repositories } from './repositories';

/** By name, oldest first. A name that has been released stays as it is. */
const MIGRATIONS: Record<string, Knex.Migration> = {
  '20261122120000_repositories': repositories,
};

/** Gives knex the migrations from code, so that they work in a bundle too. */
export const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: async () => Object.keys(MIGRATIONS),
  getMigrationName: name => name,
  getMigration: async name => MIGRATIONS[name],
};

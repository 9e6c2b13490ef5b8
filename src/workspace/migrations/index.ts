import { Knex } from 'knex';
import { allowances } from './allowances';
import { budget } from './budget';
import { deliveries } from './deliveries';
import { emitted } from './emitted';
import { failures } from './failures';
import { fileSize } from './fileSize';
import { refKinds } from './refKinds';
import { repositories } from './repositories';
import { upkeep } from './upkeep';
import { walks } from './walks';
import { webhooks } from './webhooks';
import { workspaceIndex } from './workspaceIndex';

/** By name, oldest first. A name that has been released stays as it is. */
const MIGRATIONS: Record<string, Knex.Migration> = {
  '20261122120000_repositories': repositories,
  '20261122140000_index': workspaceIndex,
  '20261122150000_budget': budget,
  '20261122160000_walks': walks,
  '20261122170000_file_size': fileSize,
  '20261123020000_webhooks': webhooks,
  '20261123030000_ref_kinds': refKinds,
  '20261123040000_deliveries': deliveries,
  '20261126010000_emitted': emitted,
  '20261126020000_failures': failures,
  '20261126080000_upkeep': upkeep,
  '20261126134500_allowances': allowances,
};

/** Gives knex the migrations from code, so that they work in a bundle too. */
export const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: async () => Object.keys(MIGRATIONS),
  getMigrationName: name => name,
  getMigration: async name => MIGRATIONS[name],
};

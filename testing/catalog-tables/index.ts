import { LoggerService } from '@backstage/backend-plugin-api';
import { Knex } from 'knex';
import {
  CATALOG_SCHEMA,
  CatalogTables,
} from '../../src/catalog-tables/CatalogTables';
import { bitbucketCloudUrls } from '../../src/hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import { recordingLogger } from '../bitbucket/recordingLogger';
import { memoryKnex } from '../memoryKnex';

/** Makes tables as the catalog has them, as far as this module uses them. */
export async function createCatalogTables(knex: Knex): Promise<void> {
  for (const [name, columns] of Object.entries(CATALOG_SCHEMA)) {
    await knex.schema.createTable(name, table => {
      columns.forEach(column => table.text(column));
    });
  }
}

/** A database in memory with the tables of the catalog, which lives until the end of the test. */
export async function catalogDatabase(): Promise<Knex> {
  const knex = memoryKnex();
  await createCatalogTables(knex);
  return knex;
}

/** The catalog's tables in a database, which may lack them. */
export function catalogTablesIn(
  open: () => Promise<Knex>,
  logger: LoggerService = recordingLogger(),
): CatalogTables {
  return new CatalogTables({ open, urls: bitbucketCloudUrls, logger });
}

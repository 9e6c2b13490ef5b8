import { LoggerService } from '@backstage/backend-plugin-api';
import { Knex } from 'knex';
import {
  CATALOG_SCHEMA,
  CatalogTables,
} from '../../src/catalog-tables/CatalogTables';
import { bitbucketCloudUrls } from '../../src/hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import { recordingLogger } from '../bitbucket/recordingLogger';

/** Makes tables as the catalog has them, as far as this module uses them. */
export async function createCatalogTables(knex: Knex): Promise<void> {
  for (const [name, columns] of Object.entries(CATALOG_SCHEMA)) {
    await knex.schema.createTable(name, table => {
      columns.forEach(column => table.text(column));
    });
  }
}

/** The catalog's tables in a database, which may lack them. */
export function catalogTablesIn(
  open: () => Promise<Knex>,
  logger: LoggerService = recordingLogger(),
): CatalogTables {
  return new CatalogTables({ open, urls: bitbucketCloudUrls, logger });
}

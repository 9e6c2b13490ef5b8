import { Knex } from 'knex';

/**
 * What this module uses of the catalog's tables, which every version of Backstage has
 * that it supports: columns, by table.
 */
export const CATALOG_SCHEMA: Readonly<Record<string, readonly string[]>> = {
  refresh_state: [
    'entity_id',
    'entity_ref',
    'location_key',
    'unprocessed_entity',
    'errors',
    'next_update_at',
  ],
  refresh_state_references: [
    'source_key',
    'source_entity_ref',
    'target_entity_ref',
  ],
  refresh_keys: ['entity_id', 'key'],
  locations: ['type', 'target'],
};

/**
 * What the tables of a catalog lack, in words: `The catalog's table refresh_state has no column
 * location_key`. Empty where it lacks nothing.
 *
 * @throws where the database cannot be asked, which is not a difference
 */
export async function readDifferences(knex: Knex): Promise<string[]> {
  const differences: string[] = [];
  for (const [table, columns] of Object.entries(CATALOG_SCHEMA)) {
    // By name, in the dialect of the database; empty where there is no such table.
    const found = new Set(Object.keys(await knex(table).columnInfo()));
    const missing = columns.filter(column => !found.has(column));
    if (found.size === 0) {
      differences.push(`The catalog has no table ${table}`);
    } else if (missing.length > 0) {
      const noun = missing.length === 1 ? 'column' : 'columns';
      differences.push(
        `The catalog's table ${table} has no ${noun} ${missing.join(', ')}`,
      );
    }
  }
  return differences;
}

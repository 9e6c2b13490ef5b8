import { Knex } from 'knex';
import { batches } from '../lib/batching';
import { CatalogTables } from './CatalogTables';

type KeyRow = { key: string };

/**
 * Those of some refresh keys that the catalog has. Each is looked up by its whole
 * key, so that the size of the table does not matter, nor how the database sorts
 * texts, nor that the catalog shortens long keys.
 */
export async function readExistingKeys(
  tables: CatalogTables,
  keys: readonly string[],
): Promise<Set<string>> {
  const found = new Set<string>();
  for (const batch of batches(keys)) {
    const rows = await tables.read<KeyRow[]>([], knex =>
      knex('refresh_keys').whereIn('key', batch).distinct('key'),
    );
    rows.forEach(({ key }) => found.add(key));
  }
  return found;
}

/** The refresh keys that come after one, in the order of the database, up to a limit. */
export async function readKeysAfter(
  tables: CatalogTables,
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await tables.read<KeyRow[]>([], knex =>
    knex('refresh_keys')
      .where('key', '>', after)
      .distinct('key')
      .orderBy('key')
      .limit(limit),
  );
  return rows.map(({ key }) => key);
}

/**
 * The URLs of Locations that contain one of some texts: those that they name, also
 * where the catalog has not read them yet, or in vain, and what it has read for
 * them, with the targets of those that list several.
 *
 * The API finds a Location by the exact spelling only, and only after it was
 * processed.
 *
 * @param texts - in lower case
 */
export async function readLocationUrls(
  tables: CatalogTables,
  texts: readonly string[],
): Promise<string[]> {
  type EntityRow = { unprocessed_entity: string };
  const entities = await tables.read<EntityRow[]>([], knex =>
    knex('refresh_state')
      .where(isLocation)
      .andWhere(hasOneOf('unprocessed_entity', texts))
      .select('unprocessed_entity'),
  );
  const keys = await tables.read<KeyRow[]>([], knex =>
    knex('refresh_keys as keys')
      .join('refresh_state as state', 'state.entity_id', 'keys.entity_id')
      .where(isLocation)
      .andWhere(hasOneOf('key', texts))
      .select('key'),
  );
  return [
    ...entities.flatMap(
      row => JSON.parse(row.unprocessed_entity).spec?.target ?? [],
    ),
    ...keys.map(({ key }) => key.replace(/^url:/, '')),
  ];
}

function isLocation(query: Knex.QueryBuilder): void {
  query.where('entity_ref', 'like', 'location:%');
}

function hasOneOf(column: string, texts: readonly string[]) {
  return (query: Knex.QueryBuilder) =>
    texts.forEach(text =>
      query.orWhereRaw("lower(??) LIKE ? ESCAPE '!'", [
        column,
        `%${text.replace(/[!%_]/g, '!$&')}%`,
      ]),
    );
}

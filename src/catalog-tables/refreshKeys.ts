import { Knex } from 'knex';
import { batches } from '../lib/batching';
import { CatalogTables } from './CatalogTables';
import { hashOf } from '../lib/text';

type KeyRow = { key: string };

/**
 * What the catalog calls a URL in its table of refresh keys, which shortens what is
 * too long for its column:
 * https://github.com/backstage/backstage/blob/master/plugins/catalog-backend/src/database/util.ts
 */
export function refreshKeyOf(url: string): string {
  const key = `url:${url}`;
  return key.length > 255 ? `${key.slice(0, 180)}#sha256:${hashOf(key)}` : key;
}

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

/** An entity that was made from what is at a URL, or with it. */
export type KeyReader = {
  key: string;
  entityRef: string;
  /** Where the entity itself is from, such as `url:https://…`. */
  locationKey: string | null;
};

/** The entities that some refresh keys refresh. */
export async function readKeyReaders(
  tables: CatalogTables,
  keys: readonly string[],
): Promise<KeyReader[]> {
  const readers: KeyReader[] = [];
  for (const batch of batches(keys)) {
    const rows = await tables.read<KeyReader[]>([], knex =>
      knex('refresh_keys as keys')
        .join('refresh_state as state', 'state.entity_id', 'keys.entity_id')
        .whereIn('keys.key', batch)
        .select({
          key: 'keys.key',
          entityRef: 'state.entity_ref',
          locationKey: 'state.location_key',
        }),
    );
    readers.push(...rows);
  }
  return readers;
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
 * The URLs of Locations that contain one of some texts: the URLs that Locations name,
 * also if the catalog has not read them yet or could not, and those that it has read
 * for them, with the targets of Locations that list several.
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

/** The catalog's name for its provider of registered locations. */
const LOCATION_STORE = 'DefaultLocationStore';

/** Which of some URLs someone has registered by themselves. */
export async function readRegisteredUrls(
  tables: CatalogTables,
  urls: readonly string[],
): Promise<Set<string>> {
  const registered = new Set<string>();
  for (const batch of batches(urls)) {
    const rows = await tables.read<{ target: string }[]>([], knex =>
      knex('locations')
        .where({ type: 'url' })
        .whereIn('target', batch)
        .select('target'),
    );
    rows.forEach(({ target }) => registered.add(target));
  }
  return registered;
}

/**
 * Leaves to their registration those Locations of an entity provider that someone
 * has registered since, with all that comes from them.
 *
 * Two may not have a Location of the same URL: the catalog would find them in
 * conflict whenever it starts. So its tables say from then on that the registration
 * has it.
 *
 * @param provider - the entity provider's name, which is its location key too
 */
export async function leaveToRegistrations(
  tables: CatalogTables,
  provider: string,
): Promise<void> {
  for (const { ref, target } of await readBoth(tables, provider)) {
    await tables.write(undefined, async transaction => {
      await transaction('refresh_state')
        .where({ entity_ref: ref, location_key: provider })
        .update({ location_key: `url:${target}` });
      await transaction('refresh_state_references')
        .where({ source_key: provider, target_entity_ref: ref })
        .update({ source_key: LOCATION_STORE });
    });
  }
}

/** Locations that both the entity provider and a registration have. */
async function readBoth(
  tables: CatalogTables,
  provider: string,
): Promise<{ ref: string; target: string }[]> {
  return tables.read<{ ref: string; target: string }[]>([], async knex => {
    // Backstage 1.49, the oldest that is supported, does not have it yet.
    if (!(await knex.schema.hasColumn('locations', 'location_entity_ref'))) {
      return [];
    }
    return knex('refresh_state_references as reference')
      .join('locations as location', {
        'location.location_entity_ref': 'reference.target_entity_ref',
      })
      .where({ 'reference.source_key': provider, 'location.type': 'url' })
      .select({
        ref: 'location.location_entity_ref',
        target: 'location.target',
      });
  });
}

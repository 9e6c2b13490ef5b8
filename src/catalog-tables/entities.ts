import { batches } from '../lib/batching';
import { CatalogTables } from './CatalogTables';
import { locationRefOf } from './EmittedLocation';
import { refreshKeyOf } from './refreshKeys';

/** A Location entity that reads a URL. */
export type UrlReaderLocation = {
  entityRef: string;
  /** The URL to which `catalog.rules` are applied; absent where it is of another type. */
  originUrl?: string;
};

/** An entity that another one has brought into the catalog. */
type ChildEntity = {
  /** The entity that has brought it. */
  parentRef: string;
  entityRef: string;
  /** Who may change it; `null` for anyone. */
  locationKey: string | null;
};

/** What this file knows of an unprocessed Location entity. */
type LocationJson = {
  metadata?: { annotations?: Record<string, string> };
};

const ORIGIN = 'backstage.io/managed-by-origin-location';

/**
 * The location keys of entities: the only source that may change each, `null` for any.
 * Those are left out that the catalog does not have.
 *
 * @returns undefined where the catalog's tables are not as expected
 */
export async function readLocationKeys(
  tables: CatalogTables,
  entityRefs: readonly string[],
): Promise<Map<string, string | null> | undefined> {
  type Row = { entity_ref: string; location_key: string | null };
  return tables.read<Map<string, string | null> | undefined>(
    undefined,
    async knex => {
      const keys = new Map<string, string | null>();
      for (const batch of batches(entityRefs)) {
        const rows: Row[] = await knex('refresh_state')
          .whereIn('entity_ref', batch)
          .select('entity_ref', 'location_key');
        rows.forEach(row => keys.set(row.entity_ref, row.location_key));
      }
      return keys;
    },
  );
}

/** The Location entities that read some URLs, by URL. */
export async function readReaders(
  tables: CatalogTables,
  urls: readonly string[],
): Promise<Map<string, UrlReaderLocation[]>> {
  type Row = { entity_ref: string; unprocessed_entity: string };
  const readers = new Map(urls.map(url => [url, [] as UrlReaderLocation[]]));
  const byKey = new Map(urls.map(url => [refreshKeyOf(url), url]));
  const byRef = new Map(urls.map(url => [locationRefOf({ target: url }), url]));
  const add = (url: string | undefined, row: Row) => {
    const found = url === undefined ? undefined : readers.get(url);
    if (found?.every(({ entityRef }) => entityRef !== row.entity_ref)) {
      found.push(toReader(row));
    }
  };
  for (const batch of batches([...byKey.keys()])) {
    const rows = await tables.read<(Row & { key: string })[]>([], knex =>
      knex('refresh_keys as keys')
        .join('refresh_state as state', 'state.entity_id', 'keys.entity_id')
        .whereIn('keys.key', batch)
        .where('state.entity_ref', 'like', 'location:%')
        .select('keys.key', 'state.entity_ref', 'state.unprocessed_entity'),
    );
    rows.forEach(row => add(byKey.get(row.key), row));
  }
  // Those too that have read nothing yet: their names are made of their URLs.
  for (const batch of batches([...byRef.keys()])) {
    const rows = await tables.read<Row[]>([], knex =>
      knex('refresh_state')
        .whereIn('entity_ref', batch)
        .select('entity_ref', 'unprocessed_entity'),
    );
    rows.forEach(row => add(byRef.get(row.entity_ref), row));
  }
  return readers;
}

function toReader(row: {
  entity_ref: string;
  unprocessed_entity: string;
}): UrlReaderLocation {
  const { metadata }: LocationJson = JSON.parse(row.unprocessed_entity);
  const origin = String(metadata?.annotations?.[ORIGIN] ?? '');
  return {
    entityRef: row.entity_ref,
    ...(origin.startsWith('url:')
      ? { originUrl: origin.slice('url:'.length) }
      : {}),
  };
}

/** The entities that some entities have brought into the catalog. */
export async function readChildren(
  tables: CatalogTables,
  parentRefs: readonly string[],
): Promise<ChildEntity[]> {
  const children: ChildEntity[] = [];
  for (const batch of batches(parentRefs)) {
    const rows = await tables.read<ChildEntity[]>([], knex =>
      knex('refresh_state_references as reference')
        .join(
          'refresh_state as state',
          'state.entity_ref',
          'reference.target_entity_ref',
        )
        .whereIn('reference.source_entity_ref', batch)
        .select({
          parentRef: 'reference.source_entity_ref',
          entityRef: 'state.entity_ref',
          locationKey: 'state.location_key',
        }),
    );
    children.push(...rows);
  }
  return children;
}

/**
 * How many entities refer to some entities, by reference: those whose own relations
 * name them.
 *
 * @param without - entities that do not count
 */
export async function countReferrers(
  tables: CatalogTables,
  entityRefs: readonly string[],
  without: ReadonlySet<string>,
): Promise<Map<string, number>> {
  type Row = { referred: string; referrer: string };
  const referrers = new Map<string, Set<string>>();
  for (const batch of batches(entityRefs)) {
    const rows = await tables.read<Row[]>([], knex =>
      knex('relations as relation')
        .join(
          'refresh_state as state',
          'state.entity_id',
          'relation.originating_entity_id',
        )
        .whereIn('relation.target_entity_ref', batch)
        .distinct({
          referred: 'relation.target_entity_ref',
          referrer: 'state.entity_ref',
        }),
    );
    for (const { referred, referrer } of rows) {
      if (referrer !== referred && !without.has(referrer)) {
        const found = referrers.get(referred) ?? new Set();
        referrers.set(referred, found.add(referrer));
      }
    }
  }
  return new Map([...referrers].map(([ref, found]) => [ref, found.size]));
}

/**
 * The references of entities of a kind in a namespace.
 *
 * @param prefix - such as `group:default/`
 */
export async function readRefsWithPrefix(
  tables: CatalogTables,
  prefix: string,
  limit: number,
): Promise<string[]> {
  const rows = await tables.read<{ entity_ref: string }[]>([], knex =>
    knex('refresh_state')
      .whereRaw("?? LIKE ? ESCAPE '!'", [
        'entity_ref',
        `${prefix.replace(/[!%_]/g, '!$&')}%`,
      ])
      .orderBy('entity_ref')
      .limit(limit)
      .select('entity_ref'),
  );
  return rows.map(row => row.entity_ref);
}

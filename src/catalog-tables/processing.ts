import { batches } from '../lib/batching';
import { hashOf } from '../lib/text';
import { CatalogTables } from './CatalogTables';
import { locationRefOf } from './EmittedLocation';

/** What the catalog makes of a URL: nothing, or it reads it, with or without an error. */
export type CatalogRead = 'unknown' | 'working' | 'failing';

/**
 * Whether the catalog reads a URL by itself, and whether that failed the last
 * time. Two look-ups by index: a Location has a name that is made of its URL, and
 * what was read for an entity before is among its refresh keys.
 *
 * @param url - as it is written
 */
export async function readCatalogRead(
  tables: CatalogTables,
  url: string,
): Promise<CatalogRead> {
  type Row = { errors: string | null };
  const rows = await tables.read<Row[]>([], knex =>
    knex('refresh_state')
      .where({ entity_ref: refOf(url) })
      .select('errors')
      .unionAll(
        knex('refresh_keys as keys')
          .join('refresh_state as state', 'state.entity_id', 'keys.entity_id')
          .where({ 'keys.key': `url:${url}` })
          .select('state.errors'),
      ),
  );
  if (rows.length === 0) {
    return 'unknown';
  }
  return rows.some(({ errors }) => isEmpty(errors)) ? 'working' : 'failing';
}

/**
 * Whether the catalog has entities of a file under its URL as it is written. Such
 * a URL is best left as it is: under another one, they would be in conflict with
 * themselves.
 */
export async function hasEntitiesOf(
  tables: CatalogTables,
  url: string,
): Promise<boolean> {
  return tables.read(false, async knex => {
    const row: unknown = await knex('refresh_state_references as reference')
      .join(
        'refresh_state as state',
        'state.entity_ref',
        'reference.target_entity_ref',
      )
      .where({
        'reference.source_entity_ref': refOf(url),
        'state.location_key': `url:${url}`,
      })
      .first('state.entity_id');
    return row !== undefined;
  });
}

/**
 * The URLs of Locations that the catalog has read nothing from yet, of some URLs:
 * their files did not exist, or could not be parsed.
 */
export async function readUnreadUrls(
  tables: CatalogTables,
  urls: readonly string[],
): Promise<string[]> {
  const byRef = new Map(urls.map(url => [refOf(url), url]));
  const unread: string[] = [];
  for (const batch of batches([...byRef.keys()])) {
    const rows = await tables.read<{ entity_ref: string }[]>([], knex =>
      knex('refresh_state')
        .whereIn('entity_ref', batch)
        .whereNotExists(
          knex('refresh_keys')
            .select(knex.raw('1'))
            .whereRaw('refresh_keys.entity_id = refresh_state.entity_id'),
        )
        .select('entity_ref'),
    );
    unread.push(...rows.map(({ entity_ref: ref }) => byRef.get(ref)!));
  }
  return unread;
}

/**
 * Lets the catalog read Locations now that it has read nothing from yet. It gives
 * those no refresh keys, by which it would be asked to otherwise, and reads them
 * again only after its processing interval.
 */
export async function readUnreadNow(
  tables: CatalogTables,
  urls: readonly string[],
): Promise<void> {
  const refs = (await readUnreadUrls(tables, urls)).map(refOf).sort();
  for (const batch of batches(refs)) {
    await tables.write(undefined, async transaction => {
      await transaction('refresh_state')
        .whereIn('entity_ref', batch)
        .update({ next_update_at: transaction.fn.now() });
    });
  }
}

/** The name of a Location is made of its URL, whatever source it is from. */
const refOf = (target: string) => locationRefOf({ target });

/** Empty before an entity was processed, and a list of errors afterwards. */
function isEmpty(errors: string | null): boolean {
  return !errors || errors === '[]';
}

/** What the catalog has of an entity. */
export type EntityState = {
  /** Of what was last read of it: another one after each change. */
  hash: string;
  /** The message of the first error, where processing it fails. */
  error?: string;
};

/** What the catalog has of some entities, by reference; without those that it does not have. */
export async function readEntityStates(
  tables: CatalogTables,
  entityRefs: readonly string[],
): Promise<Map<string, EntityState>> {
  type Row = {
    entity_ref: string;
    unprocessed_entity: string;
    errors: string | null;
  };
  const states = new Map<string, EntityState>();
  for (const batch of batches(entityRefs)) {
    const rows = await tables.read<Row[]>([], knex =>
      knex('refresh_state')
        .whereIn('entity_ref', batch)
        .select('entity_ref', 'unprocessed_entity', 'errors'),
    );
    rows.forEach(row =>
      states.set(row.entity_ref, {
        hash: hashOf(row.unprocessed_entity),
        error: firstError(row.errors),
      }),
    );
  }
  return states;
}

function firstError(errors: string | null): string | undefined {
  if (isEmpty(errors)) {
    return undefined;
  }
  const [first] = JSON.parse(errors!);
  return typeof first?.message === 'string' ? first.message : 'unknown error';
}

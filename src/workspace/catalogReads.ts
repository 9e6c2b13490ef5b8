import { locationSpecToLocationEntity } from '@backstage/plugin-catalog-node';
import { Knex } from 'knex';

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
  knex: Knex,
  url: string,
): Promise<CatalogRead> {
  const rows: { errors: string | null }[] = await knex('refresh_state')
    .where({ entity_ref: locationRef(url) })
    .select('errors')
    .unionAll(
      knex('refresh_keys as keys')
        .join('refresh_state as state', 'state.entity_id', 'keys.entity_id')
        .where({ 'keys.key': `url:${url}` })
        .select('state.errors'),
    );
  if (rows.length === 0) {
    return 'unknown';
  }
  return rows.some(({ errors }) => isEmpty(errors)) ? 'working' : 'failing';
}

/** Empty before an entity was processed, and a list of errors afterwards. */
function isEmpty(errors: string | null): boolean {
  return !errors || errors === '[]';
}

/**
 * Whether the catalog has entities of a file under its URL as it is written. Such
 * a URL is best left as it is: under another one, they would be in conflict with
 * themselves.
 */
export async function hasEntitiesOf(knex: Knex, url: string): Promise<boolean> {
  const row: unknown = await knex('refresh_state_references as reference')
    .join(
      'refresh_state as state',
      'state.entity_ref',
      'reference.target_entity_ref',
    )
    .where({
      'reference.source_entity_ref': locationRef(url),
      'state.location_key': `url:${url}`,
    })
    .first('state.entity_id');
  return row !== undefined;
}

/** The Location that the catalog makes of a URL. */
function locationRef(url: string): string {
  const location = { type: 'url', target: url };
  const { name } = locationSpecToLocationEntity({ location }).metadata;
  return `location:default/${name}`;
}

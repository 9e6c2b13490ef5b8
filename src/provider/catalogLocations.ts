import { Knex } from 'knex';
import { fromTarget, LocatedFile } from './locations';

/**
 * The files that the catalog has Locations of from an entity provider, whoever
 * put them there: this module, or the one that it replaced.
 *
 * Read from the catalog's own tables, in whose database this module lives: the
 * catalog's API does not tell which provider a Location is from.
 */
export async function readCatalogLocations(
  knex: Knex,
  provider: string,
): Promise<LocatedFile[]> {
  const rows: { unprocessed_entity: string }[] = await knex(
    'refresh_state_references as reference',
  )
    .join(
      'refresh_state as state',
      'state.entity_ref',
      'reference.target_entity_ref',
    )
    .where('reference.source_key', provider)
    .select('state.unprocessed_entity');
  return rows.flatMap(row => {
    const location = JSON.parse(row.unprocessed_entity);
    return fromTarget(location.spec.target) ?? [];
  });
}

/** How many Locations the catalog has of an entity provider. */
export async function countCatalogLocations(
  knex: Knex,
  provider: string,
): Promise<number> {
  const [{ count }] = await knex('refresh_state_references')
    .where('source_key', provider)
    .count({ count: '*' });
  return Number(count);
}

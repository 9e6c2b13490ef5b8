import { Knex } from 'knex';
import { batches } from '../lib';

/** The catalog's name for whoever looks after what is registered. */
const LOCATION_STORE = 'DefaultLocationStore';

/** Which of some URLs someone has registered by themselves. */
export async function readRegisteredUrls(
  knex: Knex,
  urls: string[],
): Promise<Set<string>> {
  const registered = new Set<string>();
  for (const batch of batches(urls)) {
    const rows: { target: string }[] = await knex('locations')
      .where({ type: 'url' })
      .whereIn('target', batch)
      .select('target');
    rows.forEach(({ target }) => registered.add(target));
  }
  return registered;
}

/**
 * Leaves to their registration those Locations of an entity provider that someone
 * has registered since, with all that comes from them.
 *
 * Two may not have a Location of the same URL: the catalog would find them in
 * conflict whenever it starts. So these tables of the catalog, in whose database
 * this module lives, are told who has it from now on.
 *
 * @param provider - the entity provider's name, which is its location key too
 */
export async function leaveToRegistrations(
  knex: Knex,
  provider: string,
): Promise<void> {
  const both: { ref: string; target: string }[] = await knex(
    'refresh_state_references as reference',
  )
    .join('locations as location', {
      'location.location_entity_ref': 'reference.target_entity_ref',
    })
    .where({ 'reference.source_key': provider, 'location.type': 'url' })
    .select({ ref: 'location.location_entity_ref', target: 'location.target' });
  for (const { ref, target } of both) {
    await knex.transaction(async transaction => {
      await transaction('refresh_state')
        .where({ entity_ref: ref, location_key: provider })
        .update({ location_key: `url:${target}` });
      await transaction('refresh_state_references')
        .where({ source_key: provider, target_entity_ref: ref })
        .update({ source_key: LOCATION_STORE });
    });
  }
}

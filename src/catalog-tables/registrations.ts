import { batches } from '../lib/batching';
import { CatalogTables } from './CatalogTables';

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

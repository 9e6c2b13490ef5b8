import { Knex } from 'knex';
import { batches } from '../lib';
import { locationRefOf } from './locations';

/**
 * The URLs of Locations that the catalog has read nothing from yet, of some URLs:
 * their files did not exist, or could not be parsed.
 */
export async function readUnreadUrls(
  knex: Knex,
  urls: string[],
): Promise<string[]> {
  const byRef = new Map(urls.map(url => [refOf(url), url]));
  const unread: string[] = [];
  for (const batch of batches([...byRef.keys()])) {
    const rows: { entity_ref: string }[] = await knex('refresh_state')
      .whereIn('entity_ref', batch)
      .whereNotExists(
        knex('refresh_keys')
          .select(knex.raw('1'))
          .whereRaw('refresh_keys.entity_id = refresh_state.entity_id'),
      )
      .select('entity_ref');
    unread.push(...rows.map(({ entity_ref: ref }) => byRef.get(ref)!));
  }
  return unread;
}

/**
 * Lets the catalog read Locations now that it has read nothing from yet. It gives
 * those no refresh keys, by which it would be asked to otherwise, and reads them
 * again only after its processing interval.
 */
export async function readUnreadNow(knex: Knex, urls: string[]): Promise<void> {
  const refs = (await readUnreadUrls(knex, urls)).map(refOf).sort();
  for (const batch of batches(refs)) {
    await knex('refresh_state')
      .whereIn('entity_ref', batch)
      .update({ next_update_at: knex.fn.now() });
  }
}

/** Whoever has a Location made, its name tells its URL. */
const refOf = (target: string) => locationRefOf({ target });

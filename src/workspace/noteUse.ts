import { Knex } from 'knex';
import { batches } from '../lib';
import { RefRow, REFS } from './fileRows';
import { unlocked } from './inWindows';

const DAY_MS = 24 * 3_600_000;

/**
 * Notes that refs are still used, at most once a day for each, so that those that
 * are not can be pruned. A ref that is being written is noted the next time.
 *
 * @param refs - as they were read just now
 * @param now - milliseconds since the epoch
 */
export async function noteUse(
  knex: Knex,
  refs: RefRow[],
  now: number,
): Promise<void> {
  const ids = refs
    // A time to come was noted before the clock was set back.
    .filter(ref => Math.abs(now - ref.used_at) >= DAY_MS)
    .map(({ id }) => id);
  for (const batch of batches(ids)) {
    const free = unlocked(knex, knex(REFS).select('id').whereIn('id', batch));
    await knex<RefRow>(REFS).whereIn('id', free).update({ used_at: now });
  }
}

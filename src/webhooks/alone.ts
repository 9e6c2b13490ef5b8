import { setTimeout as sleep } from 'node:timers/promises';
import { Knex } from 'knex';

const LOCK = 'bitbucket_cloud__webhooks';
const TRY_AGAIN_MS = 1_000;

/**
 * Does some work while no other replica does, since two that look at once would
 * each find no webhook and make one. PostgreSQL lets go of the lock by itself
 * when a replica dies. Other databases serve a single process.
 *
 * @param signal - ends the wait for the others
 */
export async function alone<T>(
  knex: Knex,
  signal: AbortSignal,
  work: (knex: Knex) => Promise<T>,
): Promise<T> {
  if (knex.client.config.client !== 'pg') {
    return work(knex);
  }
  for (;;) {
    const done = await knex.transaction(async transaction => {
      const { rows } = await transaction.raw(
        'SELECT pg_try_advisory_xact_lock(hashtext(?)) AS is_free',
        [LOCK],
      );
      return rows[0].is_free ? { result: await work(transaction) } : undefined;
    });
    if (done) {
      return done.result;
    }
    await sleep(TRY_AGAIN_MS, undefined, { signal });
  }
}

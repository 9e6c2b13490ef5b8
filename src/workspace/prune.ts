import { Knex } from 'knex';

const DAY_MS = 24 * 3_600_000;

/** What nothing was heard of for so long is taken to be gone. */
const KEPT_MS = 30 * DAY_MS;

/**
 * Removes what nobody needs any more: repositories that no list has held for a
 * month, what is known of the files of those that are gone, commits that were
 * read a month ago, and contents that no file has.
 *
 * Whatever is wanted after all is read anew.
 *
 * @param now - milliseconds since the epoch
 */
export async function prune(knex: Knex, now: number): Promise<void> {
  const repositories = 'bitbucket_cloud__repositories';
  const refs = 'bitbucket_cloud__refs';
  const files = 'bitbucket_cloud__files';
  const answers = 'bitbucket_cloud__answers';

  await knex(repositories)
    .where('seen_at', '<', now - KEPT_MS)
    .delete();
  await knex(refs)
    .where('used_at', '<', now - DAY_MS)
    .whereNotIn('full_name', knex(repositories).select('full_name'))
    .delete();
  await knex(refs)
    .where('used_at', '<', now - KEPT_MS)
    .whereRaw('?? = ??', ['ref', 'commit'])
    .delete();
  for (const table of [files, answers]) {
    await knex(table).whereNotIn('ref_id', knex(refs).select('id')).delete();
  }
  await knex('bitbucket_cloud__contents')
    .whereNotIn(
      'hash',
      knex(files).whereNotNull('content_hash').select('content_hash'),
    )
    .delete();
}

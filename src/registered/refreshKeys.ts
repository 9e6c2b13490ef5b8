import { Knex } from 'knex';
import { batches } from '../lib';
import { readUnreadUrls } from '../provider';
import { WorkspaceIndex } from '../workspace';
import { RegisteredFile } from './RegisteredFile';

/** What the catalog puts before the URLs that entities come from. */
const PREFIX = 'url:';

/** How the catalog ends a key that it has shortened. */
const SHORTENED = /#sha256:[0-9a-f]{64}$/;

/** Keys per statement. */
const PAGE = 1_000;

type KeyRow = { key: string };

/**
 * What the catalog reads of a repository, by any of its names.
 *
 * Read from the catalog's own table of refresh keys: it has Locations, however
 * they came to be, and the files that placeholders such as `$text` name; and from
 * that of entities, which has the Locations that could not be read yet. Each is
 * looked up by its whole key, so that the size of the table does not matter, nor
 * how the database sorts texts, nor that the catalog shortens long keys.
 *
 * @param fullNames - `workspace/repository`
 */
export async function readRegisteredFiles(
  index: WorkspaceIndex,
  fullNames: string[],
): Promise<RegisteredFile[]> {
  const names = fullNames.map(name => name.toLowerCase());
  const urls = await index.urls.ofRepositories(names);
  const knex = await index.open();
  const keys = urls.map(({ key }) => key);
  const used = await existing(knex, keys);
  const others = urls.filter(({ key }) => !used.has(key));
  const unread = new Set(
    await readUnreadUrls(
      knex,
      others.map(({ url }) => url),
    ),
  );
  return urls
    .filter(({ key, url }) => used.has(key) || unread.has(url))
    .flatMap(({ url }) => RegisteredFile.parse(url) ?? []);
}

/**
 * Notes the URLs in the catalog's table that this module's reader has not noted:
 * those from before it did, and what another reader reads. A key that the catalog
 * has shortened tells no URL; that is noted when the reader reads it.
 */
export async function noteRefreshKeys(
  index: WorkspaceIndex,
  signal?: AbortSignal,
): Promise<void> {
  const knex = await index.open();
  let after = PREFIX;
  let rows: KeyRow[];
  do {
    signal?.throwIfAborted();
    rows = await knex<KeyRow>('refresh_keys')
      .where('key', '>', after)
      .distinct('key')
      .orderBy('key')
      .limit(PAGE);
    const keys = rows
      .map(({ key }) => key)
      .filter(key => key.startsWith(PREFIX) && !SHORTENED.test(key));
    const unknown = await index.urls.unknown(keys);
    await index.urls.noteAll(unknown.map(key => key.slice(PREFIX.length)));
    after = rows.at(-1)?.key ?? after;
  } while (rows.length === PAGE);
}

async function existing(knex: Knex, keys: string[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (const batch of batches(keys)) {
    const rows = await knex<KeyRow>('refresh_keys')
      .whereIn('key', batch)
      .distinct('key');
    rows.forEach(({ key }) => found.add(key));
  }
  return found;
}

import { SchedulerService } from '@backstage/backend-plugin-api';
import { readUnreadUrls } from '../catalog-tables/processing';
import { readExistingKeys, readKeysAfter } from '../catalog-tables/refreshKeys';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { RegisteredFile } from './RegisteredFile';

/** What the catalog puts before the URLs that entities come from. */
const PREFIX = 'url:';

/** How the catalog ends a key that it has shortened. */
const SHORTENED = /#sha256:[0-9a-f]{64}$/;

/** Keys per statement. */
const PAGE = 1_000;

/**
 * What the catalog reads of a repository, by any of its names.
 *
 * Its refresh keys have Locations, however they came to be, and the files that
 * placeholders such as `$text` name; its entities have the Locations that could not
 * be read yet.
 *
 * @param fullNames - of the repository
 */
export async function readRegisteredFiles(
  index: WorkspaceIndex,
  fullNames: string[],
): Promise<RegisteredFile[]> {
  const names = fullNames.map(name => name.toLowerCase());
  const urls = await index.urls.ofRepositories(names);
  const keys = urls.map(({ key }) => key);
  const used = await readExistingKeys(index.catalog, keys);
  const others = urls.filter(({ key }) => !used.has(key));
  const unread = new Set(
    await readUnreadUrls(
      index.catalog,
      others.map(({ url }) => url),
    ),
  );
  return urls
    .filter(({ key, url }) => used.has(key) || unread.has(url))
    .flatMap(({ url }) => RegisteredFile.parse(index.host.urls, url) ?? []);
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
  let after = PREFIX;
  let page: string[];
  do {
    signal?.throwIfAborted();
    page = await readKeysAfter(index.catalog, after, PAGE);
    const keys = page.filter(
      key => key.startsWith(PREFIX) && !SHORTENED.test(key),
    );
    const unknown = await index.urls.unknown(keys);
    await index.urls.noteAll(unknown.map(key => key.slice(PREFIX.length)));
    after = page.at(-1) ?? after;
  } while (page.length === PAGE);
}

/**
 * Keeps the tables of this module small and complete, on one replica once an hour,
 * with providers or without.
 */
export async function scheduleUpkeep(
  index: WorkspaceIndex,
  scheduler: SchedulerService,
): Promise<void> {
  await scheduler.scheduleTask({
    id: `${index.host.id}:upkeep`,
    frequency: { hours: 1 },
    timeout: { minutes: 30 },
    initialDelay: { minutes: 1 },
    scope: 'global',
    async fn(signal) {
      await index.prune(signal);
      await noteRefreshKeys(index, signal);
    },
  });
}

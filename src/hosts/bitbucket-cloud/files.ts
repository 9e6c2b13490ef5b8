import { PathGlob } from '../../lib/globs';
import {
  isBodyTooLargeError,
  isNotFoundError,
  isUnavailableError,
  isUnexpectedResponseError,
} from '../../scm/errors';
import {
  FileResult,
  ListedFolder,
  ListingProgress,
  RequestContext,
  SourceEntry,
} from '../../scm/types';
import { BitbucketClient } from './BitbucketClient';
import { quote } from './repositoryLists';

/** A commit of a repository in the REST API. */
export type CommitPlace = readonly [
  workspace: string,
  slug: string,
  hash: string,
];

const GONE = { exists: false };

/**
 * Reads a file of a commit. One request; two for what is not a regular file or too
 * large, since only a second request tells what it is.
 *
 * @throws NotFoundError when the commit or the repository does not exist
 */
export async function readFile(
  client: BitbucketClient,
  place: CommitPlace,
  path: string,
  context: RequestContext,
): Promise<FileResult> {
  const entry = () => client.source.entry(...place, path, context);
  try {
    const { content, etag } = await client.source.readFile(
      ...place,
      path,
      context,
    );
    const isOther = mayBeNoFile(content) && !isRegularFile(await entry());
    const size = content.length;
    return isOther ? GONE : { exists: true, content, etag, size };
  } catch (error) {
    if (isNotFoundError(error) && error.missing === 'path') {
      return GONE;
    }
    if (isBodyTooLargeError(error)) {
      const found = await entry();
      // A folder or a link may be what is longer than a file may be.
      return isRegularFile(found) ? tooLarge(found, client) : GONE;
    }
    if (isUnexpectedResponseError(error)) {
      const found = await entry();
      if (!isRegularFile(found)) {
        return GONE;
      }
      if (found.attributes.includes('lfs')) {
        return { exists: true, isLfs: true };
      }
      // A file that did not come as one is read again later.
      throw error;
    }
    throw error;
  }
}

/** What was broken off is above the limit, even if the entry does not say so. */
function tooLarge(
  { size = 0 }: SourceEntry,
  { maxFileBytes }: BitbucketClient,
): FileResult {
  return { exists: true, size: Math.max(size, maxFileBytes + 1) };
}

/**
 * A link gives the path that it leads to, a submodule with a hash, and a
 * folder with a listing: all on one line. A file that describes entities has
 * more.
 */
function mayBeNoFile(content: Buffer): boolean {
  return !content.includes('\n');
}

/** Whether reading an entry gives the content of a file. */
function isRegularFile({ type, attributes }: SourceEntry): boolean {
  return (
    type === 'file' &&
    !attributes.includes('link') &&
    !attributes.includes('subrepository')
  );
}

/** Without a database, a listing that breaks off begins at the first folder again. */
const NO_PROGRESS: ListingProgress = {
  folder: async () => undefined,
  save: async () => {},
};

/**
 * The paths of the files of a commit that a glob wants. Symbolic links and
 * submodules are left out: reading one gives a path or a hash, not a file.
 *
 * Costs one request per 100 files whose path holds the glob's hints. A folder
 * that does not exist holds none. Where a listing takes Bitbucket too long, it is
 * made folder by folder, and one that breaks off goes on where it stood.
 *
 * @throws NotFoundError when the commit or the repository does not exist
 */
export async function findFiles(
  client: BitbucketClient,
  place: CommitPlace,
  glob: PathGlob,
  context: RequestContext,
  progress: ListingProgress = NO_PROGRESS,
): Promise<string[]> {
  let listed = await progress.folder(glob.folder);
  if (!listed) {
    listed = await listMatches(client, place, glob, context);
    await progress.save(glob.folder, listed);
  }
  const paths = [...listed.files];
  for (const folder of listed.folders ?? []) {
    const below = { ...glob, folder, depth: glob.depth - 1 };
    const found = await findFiles(client, place, below, context, progress);
    // One by one, so that `paths.push` does not take too many arguments.
    for (const path of found) {
      paths.push(path);
    }
  }
  return paths;
}

/** All that is wanted below a folder, or what is in it alone where that takes Bitbucket too long. */
async function listMatches(
  client: BitbucketClient,
  place: CommitPlace,
  glob: PathGlob,
  context: RequestContext,
): Promise<ListedFolder> {
  const { folder, depth } = glob;
  const list = (query: { maxDepth: number; q?: string }) =>
    client.source.list(...place, folder, query, context);
  const isWanted = (entry: SourceEntry) =>
    isRegularFile(entry) && glob.matches(entry.path);
  const files = [];
  try {
    for await (const entry of list({ maxDepth: depth, q: toQuery(glob) })) {
      if (isWanted(entry)) {
        files.push(entry.path);
      }
    }
    return { files };
  } catch (error) {
    if (isNotFoundError(error) && error.missing === 'path') {
      return { files: [] };
    }
    if (!isTooMuch(error) || depth === 1) {
      throw error;
    }
  }
  // Asking folder by folder always gets through.
  const found: Required<ListedFolder> = { files: [], folders: [] };
  for await (const entry of list({ maxDepth: 1 })) {
    if (entry.type === 'directory') {
      found.folders.push(entry.path);
    } else if (isWanted(entry)) {
      found.files.push(entry.path);
    }
  }
  return found;
}

/**
 * Whether a listing or a comparison takes Bitbucket too long: it ends with status 555,
 * or Bitbucket's gateway gives up on it.
 */
export function isTooMuch(error: unknown): boolean {
  return isUnavailableError(error) && [504, 555].includes(error.status ?? 0);
}

function toQuery({ hints }: PathGlob): string | undefined {
  const alternatives = hints.map(texts =>
    texts.map(text => `path ~ ${quote(text)}`).join(' AND '),
  );
  // One that hints at nothing may match anything.
  return alternatives.every(Boolean)
    ? alternatives.map(terms => `(${terms})`).join(' OR ')
    : undefined;
}

/**
 * Whether there is a regular file, by another kind of request than the one that did
 * not find it: a listing of its folder, or a request for the entry itself. One request.
 */
export async function hasFile(
  client: BitbucketClient,
  place: CommitPlace,
  path: string,
  missedBy: 'file' | 'listing',
  context: RequestContext,
): Promise<boolean> {
  try {
    if (missedBy === 'listing') {
      return isRegularFile(await client.source.entry(...place, path, context));
    }
    const folder = path.split('/').slice(0, -1).join('/');
    const name = path.split('/').at(-1)!;
    const query = { maxDepth: 1, q: `path ~ ${quote(name)}` };
    const entries = client.source.list(...place, folder, query, context);
    for await (const entry of entries) {
      if (entry.path === path) {
        return isRegularFile(entry);
      }
    }
    return false;
  } catch (error) {
    if (isNotFoundError(error) && error.missing === 'path') {
      return false;
    }
    throw error;
  }
}

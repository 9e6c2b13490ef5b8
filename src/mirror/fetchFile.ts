import { BitbucketClient } from '../hosts/bitbucket-cloud/BitbucketClient';
import { hashOf } from '../lib/text';
import {
  isBodyTooLargeError,
  isNotFoundError,
  isUnexpectedResponseError,
} from '../scm/errors';
import { RequestContext, SourceEntry } from '../scm/types';
import { ContentStore } from './ContentStore';
import { Commit, isRegularFile } from './findFiles';
import { IndexedFile } from './rows';

/** What Bitbucket has at a path. */
type FetchedFile = {
  /** Whether it is a regular file. */
  exists: boolean;
  /** Absent where it is too large, or in Git LFS. */
  content?: Buffer;
  etag?: string;
  /** Bytes, where that is known. More than the client's limit if it is too large. */
  size?: number;
  /** Whether Git LFS keeps it, out of Bitbucket's reach. */
  isLfs?: true;
};

/**
 * Reads a file of a commit. One request; two for what is not a regular file or too
 * large, since only a second look tells what it is.
 *
 * @throws NotFoundError when the commit or the repository does not exist
 */
export async function fetchFile(
  client: BitbucketClient,
  commit: Commit,
  path: string,
  context: RequestContext,
): Promise<FetchedFile> {
  const { workspace, repository, hash } = commit;
  const place = [workspace, repository, hash, path] as const;
  try {
    const { content, etag } = await client.source.readFile(...place, context);
    const isOther = mayBeNoFile(content) && !isRegularFile(await look());
    const size = content.length;
    return isOther ? GONE : { exists: true, content, etag, size };
  } catch (error) {
    if (isNotFoundError(error) && error.missing === 'path') {
      return GONE;
    }
    if (isBodyTooLargeError(error)) {
      const entry = await look();
      // A folder or a link may be what is longer than a file may be.
      return isRegularFile(entry) ? tooLarge(entry, client) : GONE;
    }
    if (isUnexpectedResponseError(error)) {
      const entry = await look();
      if (!isRegularFile(entry)) {
        return GONE;
      }
      if (entry.attributes.includes('lfs')) {
        return { exists: true, isLfs: true };
      }
      // A file that did not come as one is read again later.
      throw error;
    }
    throw error;
  }

  function look(): Promise<SourceEntry> {
    return client.source.entry(...place, context);
  }
}

const GONE = { exists: false };

/** What was broken off is above the limit, even if the entry does not say so. */
function tooLarge(
  { size = 0 }: SourceEntry,
  { maxFileBytes }: BitbucketClient,
): FetchedFile {
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

/** Reads a file of a commit and keeps its content. */
export async function keepFile(
  client: BitbucketClient,
  contents: ContentStore,
  commit: Commit,
  path: string,
  context: RequestContext,
): Promise<IndexedFile> {
  const { content, ...file } = await fetchFile(client, commit, path, context);
  if (!content) {
    return file;
  }
  const hash = hashOf(content);
  await contents.save(hash, content);
  return { ...file, hash };
}

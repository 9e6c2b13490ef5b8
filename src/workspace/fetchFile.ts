import {
  BitbucketClient,
  isNotFoundError,
  isUnexpectedResponseError,
  RequestContext,
} from '../bitbucket';
import { Commit, isRegularFile } from './files';

/** What Bitbucket has at a path. */
export type FetchedFile = {
  /** Whether it is a regular file. */
  exists: boolean;
  /** Absent where it is not to be had, as with Git LFS. */
  content?: Buffer;
  etag?: string;
};

/**
 * Reads a file of a commit. One request; two for what is no regular file, since
 * only a second look tells.
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
    const { content, etag } = await client.readFile(...place, context);
    const isOther = mayBeNoFile(content) && !(await isFile());
    return isOther ? GONE : { exists: true, content, etag };
  } catch (error) {
    if (isNotFoundError(error) && error.missing === 'path') {
      return GONE;
    }
    if (isUnexpectedResponseError(error)) {
      return (await isFile()) ? { exists: true } : GONE;
    }
    throw error;
  }

  async function isFile(): Promise<boolean> {
    return isRegularFile(await client.getSourceEntry(...place, context));
  }
}

const GONE = { exists: false };

/**
 * A link answers with the path that it leads to, a submodule with a hash, and a
 * folder with a listing: all on one line. A file that describes entities has
 * more.
 */
function mayBeNoFile(content: Buffer): boolean {
  return !content.includes('\n');
}

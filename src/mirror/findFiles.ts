import {
  BitbucketClient,
  quote,
} from '../hosts/bitbucket-cloud/BitbucketClient';
import { PathGlob } from '../lib/globs';
import { isNotFoundError, isUnavailableError } from '../scm/errors';
import { RequestContext, SourceEntry } from '../scm/types';
import { ListedFolder, ListingProgress } from './FolderListing';

/** A commit of a repository. */
export type Commit = { workspace: string; repository: string; hash: string };

/** Without a database, a listing that breaks off begins at the first folder again. */
const NO_PROGRESS: ListingProgress = {
  folder: async () => undefined,
  save: async () => {},
  end: async () => {},
};

/**
 * The paths of the files of a commit that a glob wants. Symbolic links and
 * submodules are left out: reading one gives a path or a hash, not a file.
 *
 * Costs one request per 100 files whose path holds the glob's hints. A folder
 * that does not exist holds none. Where a listing takes Bitbucket too long, it is
 * made folder by folder, and one that breaks off goes on where it stood.
 *
 * @param progress - which folders have been listed already
 * @throws NotFoundError when the commit or the repository does not exist
 */
export async function findFiles(
  client: BitbucketClient,
  commit: Commit,
  glob: PathGlob,
  context: RequestContext,
  progress: ListingProgress = NO_PROGRESS,
): Promise<string[]> {
  const listed =
    (await progress.folder(glob.folder)) ??
    (await listFolder(client, commit, glob, context, progress));
  const paths = [...listed.files];
  for (const folder of listed.folders ?? []) {
    const below = { ...glob, folder, depth: glob.depth - 1 };
    // One by one, so that `paths.push` does not take too many arguments.
    for (const path of await findFiles(
      client,
      commit,
      below,
      context,
      progress,
    )) {
      paths.push(path);
    }
  }
  return paths;
}

/** All that is wanted below a folder, or what is in it alone where that takes Bitbucket too long. */
async function listFolder(
  client: BitbucketClient,
  commit: Commit,
  glob: PathGlob,
  context: RequestContext,
  progress: ListingProgress,
): Promise<ListedFolder> {
  const { folder, depth } = glob;
  const list = (query: { maxDepth: number; q?: string }) =>
    listSource(client, commit, folder, query, context);
  try {
    const files = [];
    for await (const entry of list({ maxDepth: depth, q: toQuery(glob) })) {
      if (isRegularFile(entry) && glob.matches(entry.path)) {
        files.push(entry.path);
      }
    }
    return await noted({ files });
  } catch (error) {
    if (isNotFoundError(error) && error.missing === 'path') {
      return { files: [] };
    }
    if (!isTooDeep(error) || depth === 1) {
      throw error;
    }
  }
  // Asking folder by folder always gets through.
  const files = [];
  const folders = [];
  for await (const entry of list({ maxDepth: 1 })) {
    if (entry.type === 'directory') {
      folders.push(entry.path);
    } else if (isRegularFile(entry) && glob.matches(entry.path)) {
      files.push(entry.path);
    }
  }
  return noted({ files, folders });

  async function noted(listed: ListedFolder): Promise<ListedFolder> {
    await progress.save(folder, listed);
    return listed;
  }
}

/** A listing that takes Bitbucket too long ends with status 555, or its gateway gives up on it. */
function isTooDeep(error: unknown): boolean {
  return isUnavailableError(error) && [504, 555].includes(error.status ?? 0);
}

function listSource(
  client: BitbucketClient,
  commit: Commit,
  folder: string,
  query: { maxDepth: number; q?: string },
  context: RequestContext,
): AsyncIterable<SourceEntry> {
  const { workspace, repository, hash } = commit;
  return client.source.list(
    workspace,
    repository,
    hash,
    folder,
    query,
    context,
  );
}

/** Whether reading an entry gives the content of a file. */
export function isRegularFile(entry: SourceEntry): boolean {
  const { type, attributes } = entry;
  return (
    type === 'file' &&
    !attributes.includes('link') &&
    !attributes.includes('subrepository')
  );
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

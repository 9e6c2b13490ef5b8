import {
  BitbucketClient,
  isNotFoundError,
  isUnavailableError,
  quote,
  RequestContext,
  SourceEntry,
} from '../bitbucket';
import { PathGlob } from './pathGlob';

/** A commit of a repository. */
export type Commit = { workspace: string; repository: string; hash: string };

/**
 * The files of a commit that a glob wants. Symbolic links and submodules are
 * left out: reading one gives a path or a hash, not a file.
 *
 * Costs one request per 100 files whose path holds the glob's hints. A folder
 * that does not exist holds none.
 *
 * @throws NotFoundError when the commit or the repository does not exist
 */
export async function findFiles(
  client: BitbucketClient,
  commit: Commit,
  glob: PathGlob,
  context: RequestContext,
): Promise<SourceEntry[]> {
  try {
    const files = [];
    const query = { maxDepth: glob.depth, q: toQuery(glob) };
    const entries = listSource(client, commit, glob.folder, query, context);
    for await (const entry of entries) {
      if (isRegularFile(entry) && glob.matches(entry.path)) {
        files.push(entry);
      }
    }
    return files;
  } catch (error) {
    // Asking folder by folder always gets through.
    if (isTooDeep(error) && glob.depth > 1) {
      return findFilesByFolder(client, commit, glob, context);
    }
    if (isNotFoundError(error) && error.missing === 'path') {
      return [];
    }
    throw error;
  }
}

/** A listing that takes Bitbucket too long ends with status 555, or its gateway gives up on it. */
function isTooDeep(error: unknown): boolean {
  return isUnavailableError(error) && [504, 555].includes(error.status ?? 0);
}

async function findFilesByFolder(
  client: BitbucketClient,
  commit: Commit,
  glob: PathGlob,
  context: RequestContext,
): Promise<SourceEntry[]> {
  const files = [];
  const folders = [];
  const query = { maxDepth: 1 };
  const entries = listSource(client, commit, glob.folder, query, context);
  for await (const entry of entries) {
    if (entry.type === 'directory') {
      folders.push(entry.path);
    } else if (isRegularFile(entry) && glob.matches(entry.path)) {
      files.push(entry);
    }
  }
  for (const folder of folders) {
    const below = { ...glob, folder, depth: glob.depth - 1 };
    files.push(...(await findFiles(client, commit, below, context)));
  }
  return files;
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

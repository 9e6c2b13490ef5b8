import { Readable } from 'node:stream';
import { getJson } from '../../http/callApi';
import { displayUrl, encodePath, withQuery } from '../../http/urls';
import { PathGlob } from '../../lib/globs';
import {
  isBodyTooLargeError,
  isNotFoundError,
  isUnexpectedResponseError,
  UnexpectedResponseError,
} from '../../scm/errors';
import {
  AtCommit,
  FileResult,
  RequestContext,
  SourceEntry,
} from '../../scm/types';
import { z } from 'zod';
import { DataCenterApi, fetchPage, listUrl, repositoryUrl } from './apiCall';
import { archiveUrl, findLinks } from './linkCheck';
import { listPaths } from './listing';
import { toPlace } from './names';
import { nodeTypeSchema, pathSchema } from './schemas';

const GONE = { exists: false };

/**
 * Reads a file of a commit. One request; two for what may be a symbolic link or a
 * folder, is too large, or seems to be empty.
 *
 * @param maxBytes - the largest file to read
 * @throws NotFoundError when the commit or the repository does not exist
 */
export async function readFile(
  api: DataCenterApi,
  maxBytes: number,
  at: AtCommit,
  path: string,
  context: RequestContext,
): Promise<FileResult> {
  const url = withQuery(`${repositoryUrl(api, at)}/raw/${encodePath(path)}`, {
    at: at.hash,
  });
  try {
    const content = await api.callApi({
      request: { method: 'GET', url, maxBytes, ...context },
      read: ({ body }) => body,
    });
    if (content.length === 0) {
      return await readEmpty(api, at, path, context);
    }
    if (isLfsPointer(content)) {
      return { exists: true, isLfs: true };
    }
    const isLink =
      mayBeLink(content) &&
      (await findLinks(api, at, [path], 'tgz', context)).has(path);
    return isLink ? GONE : { exists: true, content, size: content.length };
  } catch (error) {
    if (isNotFoundError(error) && error.missing === 'path') {
      return GONE;
    }
    if (isBodyTooLargeError(error)) {
      const size = await sizeOf(api, at, path, context);
      return { exists: true, size: Math.max(size, maxBytes + 1) };
    }
    // Bitbucket answers so for folders and submodules, and for what it does not take.
    if (isUnexpectedResponseError(error) && error.status === 400) {
      if (await isFolder(api, at, path, context)) {
        return GONE;
      }
    }
    throw error;
  }
}

/**
 * A file without a byte. Of those, no entity would be left, so that another response has
 * to say so too.
 */
async function readEmpty(
  api: DataCenterApi,
  at: AtCommit,
  path: string,
  context: RequestContext,
): Promise<FileResult> {
  const size = await sizeOf(api, at, path, context);
  if (size !== 0) {
    throw new UnexpectedResponseError(
      `the file is empty, although Bitbucket says that it has ${size} bytes`,
      {
        method: 'GET',
        url: displayUrl(browseUrl(api, at, path, {})),
      },
    );
  }
  return { exists: true, content: Buffer.alloc(0), size };
}

/** https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
function isLfsPointer(content: Buffer): boolean {
  return (
    content.length < 1_024 &&
    content.toString('latin1').startsWith('version https://git-lfs.github.com/')
  );
}

/** The longest path that a link of Linux leads to. */
const MOST_LINK_BYTES = 4_096;

/**
 * Whether some content may be where a symbolic link leads to: one line without its end.
 * What describes an entity has more, or begins with a key.
 */
export function mayBeLink(content: Buffer): boolean {
  return (
    content.length > 0 &&
    content.length < MOST_LINK_BYTES &&
    !/[\n\0]/.test(content.toString('latin1')) &&
    !/^\s*(?:\{|["']?[\w$.-]+["']?\s*:(?:\s|$))/.test(
      content.toString('latin1'),
    )
  );
}

/** Bytes of a file. */
async function sizeOf(
  api: DataCenterApi,
  at: AtCommit,
  path: string,
  context: RequestContext,
): Promise<number> {
  const { size } = await getJson(
    api.callApi,
    browseUrl(api, at, path, { size: 'true' }),
    z.object({ size: z.number() }),
    context,
  );
  return size;
}

/** Whether there is a folder at a path, which can be listed, or a submodule, which cannot. */
async function isFolder(
  api: DataCenterApi,
  at: AtCommit,
  path: string,
  context: RequestContext,
): Promise<boolean> {
  const url = `${repositoryUrl(api, at)}/files/${encodePath(path)}`;
  try {
    await fetchPage(
      api.callApi,
      listUrl(url, 1, { at: at.hash }),
      pathSchema,
      context,
    );
    return true;
  } catch (error) {
    if (isUnexpectedResponseError(error) && error.status === 400) {
      return (await typeOf(api, at, path, context)) !== 'FILE';
    }
    throw error;
  }
}

function browseUrl(
  api: DataCenterApi,
  at: AtCommit,
  path: string,
  query: Record<string, string>,
): string {
  return withQuery(`${repositoryUrl(api, at)}/browse/${encodePath(path)}`, {
    at: at.hash,
    ...query,
  });
}

/** `FILE`, which a link is too, `DIRECTORY` or `SUBMODULE`. */
async function typeOf(
  api: DataCenterApi,
  at: AtCommit,
  path: string,
  context: RequestContext,
): Promise<string> {
  const { type } = await getJson(
    api.callApi,
    browseUrl(api, at, path, { type: 'true' }),
    nodeTypeSchema,
    context,
  );
  return type;
}

/**
 * Whether there is a regular file at a path, by other requests than those of
 * {@link readFile} and {@link findFiles}. One request where there is nothing; two
 * otherwise.
 */
export async function hasFile(
  api: DataCenterApi,
  at: AtCommit,
  path: string,
  context: RequestContext,
): Promise<boolean> {
  try {
    if ((await typeOf(api, at, path, context)) !== 'FILE') {
      return false;
    }
  } catch (error) {
    if (isNotFoundError(error) && error.missing === 'path') {
      return false;
    }
    throw error;
  }
  return !(await findLinks(api, at, [path], 'tar', context)).has(path);
}

/**
 * The paths of the files of a commit that a glob wants. One request for all paths of the
 * repository, and one more for whether those that are wanted are symbolic links or
 * submodules.
 *
 * @throws NotFoundError when the commit or the repository does not exist
 */
export async function findFiles(
  api: DataCenterApi,
  at: AtCommit,
  glob: PathGlob,
  context: RequestContext,
): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const paths of listPaths(api, at, glob.folder, context)) {
      found.push(...paths.filter(path => glob.matches(path)));
    }
  } catch (error) {
    if (isNotFoundError(error) && error.missing === 'path') {
      return [];
    }
    if (
      isUnexpectedResponseError(error) &&
      error.status === 400 &&
      (await typeOf(api, at, glob.folder, context)) !== 'DIRECTORY'
    ) {
      return [];
    }
    throw error;
  }
  const links = await findLinks(api, at, found, 'tgz', context);
  return found.filter(path => !links.has(path));
}

/**
 * What is in a folder, which takes the list of all that is below it: one request for
 * each 100,000 files. Links and submodules are listed as files.
 *
 * @throws NotFoundError when there is no such folder
 */
export async function* listFolder(
  api: DataCenterApi,
  at: AtCommit,
  folder: string,
  options: { maxDepth: number; contains?: string },
  context: RequestContext,
): AsyncGenerator<SourceEntry> {
  const { maxDepth, contains = '' } = options;
  const base = folder === '' ? 0 : folder.split('/').length;
  const folders = new Set<string>();
  const isWanted = (path: string) =>
    path.toLowerCase().includes(contains.toLowerCase());
  const { hash } = at;
  for await (const paths of listPaths(api, at, folder, context)) {
    for (const path of paths) {
      const segments = path.split('/');
      const deepest = Math.min(segments.length - 1, base + maxDepth);
      for (let depth = base + 1; depth <= deepest; depth += 1) {
        const above = segments.slice(0, depth).join('/');
        if (!folders.has(above) && isWanted(above)) {
          folders.add(above);
          yield { type: 'directory', path: above, attributes: [], hash };
        }
      }
      if (segments.length <= base + maxDepth && isWanted(path)) {
        yield { type: 'file', path, attributes: [], hash };
      }
    }
  }
}

/**
 * A gzipped tar archive of what is below a path, without what `export-ignore` in
 * `.gitattributes` leaves out. One request.
 */
export function readArchive(
  api: DataCenterApi,
  at: AtCommit,
  path: string,
  context: RequestContext,
): Promise<Readable> {
  const { slug } = toPlace(at);
  const prefix = `${slug}-${at.hash.slice(0, 12)}/`;
  const paths = path === '' ? [] : [path];
  return api.callApi({
    request: {
      method: 'GET',
      url: archiveUrl(api, at, 'tgz', paths, prefix),
      streamed: true,
      ...context,
    },
    read: ({ stream, body }) => stream ?? Readable.from([body]),
  });
}

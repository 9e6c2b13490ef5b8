import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { MalformedBodyError } from '../../http/responseBody';
import { displayUrl } from '../../http/urls';
import { isBitbucketError } from '../../scm/errors';
import { AtCommit, RequestContext } from '../../scm/types';
import { DataCenterApi, repositoryUrl } from './apiCall';
import { MAX_QUERY_LENGTH } from './limits';

/** A format of archives. Two requests with different ones do not share a cached response. */
type ArchiveFormat = 'tgz' | 'tar';

/** More paths are not checked at once, since each is sent with its content. */
const MOST_PATHS = 300;

/** The address of an archive of some paths of a commit; of all without any. */
export function archiveUrl(
  api: DataCenterApi,
  at: AtCommit,
  format: ArchiveFormat,
  paths: string[],
  prefix?: string,
): string {
  const query = new URLSearchParams({ format, at: at.hash });
  if (prefix !== undefined) {
    query.set('prefix', prefix);
  }
  paths.forEach(path => query.append('path', path));
  return `${repositoryUrl(api, at)}/archive?${query}`;
}

/**
 * Which of some paths are symbolic links or submodules: the only answer of Bitbucket that
 * says so is an archive, whose entries have types. One request for as many paths as fit
 * into a URL; of more than 300, the others are not checked.
 *
 * What an archive leaves out, as `export-ignore` in `.gitattributes` has it, is none of
 * both.
 */
export async function findLinks(
  api: DataCenterApi,
  at: AtCommit,
  paths: string[],
  format: ArchiveFormat,
  context: RequestContext,
): Promise<Set<string>> {
  const found = new Set<string>();
  for (const batch of batchesOf(paths.slice(0, MOST_PATHS))) {
    const url = archiveUrl(api, at, format, batch);
    const stream = await api.callApi({
      request: { method: 'GET', url, streamed: true, ...context },
      read: response => response.stream ?? Readable.from([response.body]),
    });
    const wanted = new Set(batch);
    try {
      for await (const { name, type } of readTar(stream, format)) {
        const path = name.replace(/\/$/, '');
        const isOther = type === 'symlink' || type === 'directory';
        if (isOther && wanted.has(path)) {
          found.add(path);
        }
      }
    } catch (error) {
      context.signal?.throwIfAborted();
      throw isBitbucketError(error)
        ? error
        : new MalformedBodyError('the response is not a tar archive', {
            method: 'GET',
            url: displayUrl(url),
            status: 200,
            cause: error,
          });
    }
  }
  return found;
}

function batchesOf(paths: string[]): string[][] {
  const batches: string[][] = [];
  let length = Infinity;
  for (const path of paths) {
    const added = encodeURIComponent(path).length + '&path='.length;
    if (length + added > MAX_QUERY_LENGTH) {
      batches.push([]);
      length = 0;
    }
    batches.at(-1)?.push(path);
    length += added;
  }
  return batches;
}

/**
 * The entries of an archive, without their contents.
 *
 * @throws for what is not a tar archive, or ends before its end
 */
export async function* readTar(
  stream: Readable,
  format: ArchiveFormat,
): AsyncGenerator<Header> {
  let isEmpty = true;
  async function* noted(source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      isEmpty &&= chunk.length === 0;
      yield chunk;
    }
  }
  const entries = extract();
  const tar = format === 'tgz' ? stream.pipe(createGunzip()) : stream;
  stream.once('error', error => tar.destroy(error));
  // Its errors come with the iteration.
  pipeline(tar, noted, entries, () => {});
  try {
    for await (const entry of entries) {
      entry.resume();
      yield entry.header;
    }
    if (isEmpty) {
      throw new Error('The archive is empty');
    }
  } finally {
    stream.destroy();
  }
}

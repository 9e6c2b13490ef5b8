import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { MalformedBodyError } from '../../http/responseBody';
import { displayUrl } from '../../http/urls';
import { isBitbucketError } from '../../scm/errors';
import { AtCommit, RequestContext } from '../../scm/types';
import { DataCenterApi, repositoryUrl } from './apiCall';
import { MAX_QUERY_LENGTH } from './limits';

/** A format of archives. Two requests with different ones do not share a cached response. */
export type ArchiveFormat = 'tgz' | 'tar';

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
        const isOther = type === 'link' || type === 'folder';
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

type TarEntry = { name: string; type: 'file' | 'link' | 'folder' | 'other' };

const BLOCK = 512;

/** Longer headers than these are not those of git. */
const MOST_HEADER_BYTES = 64 * 1024;

const TYPES: Record<string, TarEntry['type']> = {
  '0': 'file',
  '\0': 'file',
  '2': 'link',
  '5': 'folder',
};

/**
 * The entries of an archive as git writes it: with extended headers for long names.
 * https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_05
 *
 * @throws for what is not a tar archive, or ends before its end
 */
export async function* readTar(
  stream: Readable,
  format: ArchiveFormat,
): AsyncGenerator<TarEntry> {
  const source = new ByteReader(format === 'tgz' ? gunzipped(stream) : stream);
  try {
    let longName: string | undefined;
    for (;;) {
      const header = await source.take(BLOCK);
      if (header.every(byte => byte === 0)) {
        return;
      }
      if (textAt(header, 257, 5) !== 'ustar') {
        throw new Error('A header of the archive is not one of a tar archive');
      }
      const size = parseInt(textAt(header, 124, 12), 8) || 0;
      const padded = Math.ceil(size / BLOCK) * BLOCK;
      const type = String.fromCharCode(header[156]);
      if (type === 'x' && size <= MOST_HEADER_BYTES) {
        const body = await source.take(padded);
        longName = pathOf(body.subarray(0, size)) ?? longName;
      } else {
        await source.skip(padded);
        if (type !== 'g') {
          yield {
            name: longName ?? nameOf(header),
            type: TYPES[type] ?? 'other',
          };
          longName = undefined;
        }
      }
    }
  } finally {
    stream.destroy();
  }
}

function gunzipped(stream: Readable): NodeJS.ReadableStream {
  const gunzip = createGunzip();
  // Its errors come with the iteration.
  pipeline(stream, gunzip, () => {});
  return gunzip;
}

function textAt(header: Buffer, from: number, length: number): string {
  const text = header.toString('utf8', from, from + length);
  return text.replace(/\0.*$/s, '').trim();
}

function nameOf(header: Buffer): string {
  const field = (from: number, length: number) =>
    header.toString('utf8', from, from + length).replace(/\0.*$/s, '');
  const prefix = field(345, 155);
  return prefix === '' ? field(0, 100) : `${prefix}/${field(0, 100)}`;
}

/** The `path` among records such as `19 path=some/file\n`, whose length is in bytes. */
function pathOf(records: Buffer): string | undefined {
  for (let at = 0; at < records.length;) {
    const space = records.indexOf(' ', at);
    const length = Number(records.toString('utf8', at, space));
    if (space === -1 || !(length > 0)) {
      return undefined;
    }
    const record = records.toString('utf8', space + 1, at + length - 1);
    if (record.startsWith('path=')) {
      return record.slice('path='.length);
    }
    at += length;
  }
  return undefined;
}

/** Reads so many bytes at a time. */
class ByteReader {
  readonly #chunks: AsyncIterator<string | Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: NodeJS.ReadableStream) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  async take(length: number): Promise<Buffer> {
    while (this.#rest.length < length) {
      this.#rest = Buffer.concat([this.#rest, await this.#next()]);
    }
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }

  async skip(length: number): Promise<void> {
    let left = length;
    while (left > this.#rest.length) {
      left -= this.#rest.length;
      this.#rest = await this.#next();
    }
    this.#rest = this.#rest.subarray(left);
  }

  async #next(): Promise<Buffer> {
    const { value, done } = await this.#chunks.next();
    if (done) {
      throw new Error('The archive ends before its end');
    }
    return Buffer.from(value);
  }
}

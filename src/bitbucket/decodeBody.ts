import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

const decompress = promisify(gunzip);

/** A body in a content coding that was not asked for. */
export class UnknownEncodingError extends Error {}

/**
 * Undoes a body's `Content-Encoding`.
 *
 * @param maxBytes - the most that it may be when it is decompressed
 * @throws zlib's error when the body is broken, cut short or, decompressed,
 * too large; UnknownEncodingError for anything but gzip
 */
export async function decodeBody(
  body: Buffer,
  encoding: string | null,
  maxBytes: number,
): Promise<Buffer> {
  if (!encoding || encoding === 'identity' || body.length === 0) {
    return body;
  }
  if (encoding !== 'gzip') {
    throw new UnknownEncodingError(encoding);
  }
  return decompress(body, { maxOutputLength: maxBytes });
}

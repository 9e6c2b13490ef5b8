import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { MAX_BODY_BYTES } from './limits';

const decompress = promisify(gunzip);

/** A body in a content coding that was not asked for. */
export class UnknownEncodingError extends Error {}

/**
 * Undoes a body's `Content-Encoding`.
 *
 * @throws zlib's error when the body is broken, cut short or, decompressed,
 * larger than {@link MAX_BODY_BYTES}; UnknownEncodingError for anything but gzip
 */
export async function decodeBody(
  body: Buffer,
  encoding: string | null,
): Promise<Buffer> {
  if (!encoding || encoding === 'identity' || body.length === 0) {
    return body;
  }
  if (encoding !== 'gzip') {
    throw new UnknownEncodingError(encoding);
  }
  return decompress(body, { maxOutputLength: MAX_BODY_BYTES });
}

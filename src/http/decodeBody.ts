import { pipeline } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip, gunzip } from 'node:zlib';

const decompress = promisify(gunzip);

/** How much of the page of an error is read, in bytes: its message comes first. */
export const MAX_ERROR_BYTES = 4 * 1024;

/**
 * The largest body to read into memory, where a request sets no limit of its
 * own. A full page of anything is far smaller.
 */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

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
  return body.length > 0 && isCompressed(encoding)
    ? decompress(body, { maxOutputLength: maxBytes })
    : body;
}

/**
 * The beginning of a body without its `Content-Encoding`. The rest is neither waited for
 * nor kept, however much there is.
 *
 * @param maxBytes - how much of it, when it is decompressed
 * @throws as {@link decodeBody}, as far as the beginning is concerned
 */
export async function decodeStart(
  body: NodeJS.ReadableStream,
  encoding: string | null,
  maxBytes: number,
): Promise<Buffer> {
  if (!isCompressed(encoding)) {
    return readStart(body, maxBytes);
  }
  const gunzipped = createGunzip();
  // Its errors come with the iteration.
  pipeline(body, gunzipped, () => {});
  try {
    return await readStart(gunzipped, maxBytes);
  } catch (error) {
    const { code } = Object(error) as { code?: unknown };
    if (code === 'Z_BUF_ERROR' && gunzipped.bytesWritten === 0) {
      // Nothing at all is as good as nothing compressed.
      return Buffer.alloc(0);
    }
    throw error;
  }
}

async function readStart(
  body: NodeJS.ReadableStream,
  maxBytes: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    const buffer = Buffer.from(chunk);
    chunks.push(buffer);
    bytes += buffer.length;
    if (bytes >= maxBytes) {
      break;
    }
  }
  return Buffer.concat(chunks).subarray(0, maxBytes);
}

function isCompressed(encoding: string | null): boolean {
  if (!encoding || encoding === 'identity') {
    return false;
  }
  if (encoding !== 'gzip') {
    throw new UnknownEncodingError(encoding);
  }
  return true;
}

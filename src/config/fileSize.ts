import { parse } from 'bytes';
import { ConfigValue, Problem } from './schema';
import { parseText, typeInWords } from './values';

const KIB = 1024;
const MIB = 1024 * KIB;

/** The smallest holds an entity, the largest is read into memory in one piece. */
const MIN_BYTES = KIB;
const MAX_BYTES = 32 * MIB;

/** `bytes` takes whatever begins with a number. */
const SIZE = /^\d+(\.\d+)? *(b|kb|mb)?$/i;

const HINT = 'Write for example 512kb, 2mb or a number of bytes.';

/**
 * Parses the size of a file, from 1 KiB to 32 MiB, into bytes. It may be written
 * as a number of bytes, or as text with a unit: `512kb`, `2mb`.
 */
export function parseFileSize(value: ConfigValue): number {
  if (typeof value !== 'number' && typeof value !== 'string') {
    throw new Problem(`must be a size, but is ${typeInWords(value)}. ${HINT}`);
  }
  const size = typeof value === 'number' ? value : toBytes(value);
  if (size === null || !Number.isInteger(size)) {
    throw new Problem(`cannot be read as a size: '${value}'. ${HINT}`);
  }
  if (size < MIN_BYTES || size > MAX_BYTES) {
    throw new Problem(
      `must be from 1kb to 32mb, since files are read into memory, but is ${value}.`,
    );
  }
  return size;
}

function toBytes(value: string): number | null {
  const text = parseText(value).trim();
  return SIZE.test(text) ? parse(text) : null;
}

/**
 * A size for people: `20.1 MiB`. Rounded up, so that what is above a limit
 * looks like it.
 */
export function sizeInWords(size: number): string {
  const [divisor, unit] = size < MIB ? [KIB, 'KiB'] : [MIB, 'MiB'];
  return `${Math.ceil((size / divisor) * 10) / 10} ${unit}`;
}

import { ConfigReader, readDurationFromConfig } from '@backstage/config';
import { durationToMilliseconds, HumanDuration } from '@backstage/types';
import {
  ConfigMap,
  ConfigValue,
  isMap,
  parseText,
  Problem,
  typeInWords,
} from './schema';

/**
 * Parses a duration, longer than none, into milliseconds. It may be written
 * as in Backstage's schedules: '2 minutes', PT2M or { minutes: 2 }.
 *
 * @param name - of the key, for the messages
 * @param examples - of values, for the messages
 */
export function duration(
  name: string,
  examples: string,
): (value: ConfigValue) => number {
  const hint = `Write for example ${examples}.`;
  return value => {
    if (typeof value !== 'string' && !isMap(value)) {
      throw new Problem(
        `must be a duration, but is ${typeInWords(value)}. ${hint}`,
      );
    }
    const milliseconds = durationToMilliseconds(
      read(name, isMap(value) ? value : parseText(value), hint),
    );
    if (milliseconds <= 0) {
      throw new Problem(`must be longer than zero. ${hint}`);
    }
    return milliseconds;
  };
}

/** Backstage's own function, which reads text only below a key. */
function read(
  name: string,
  value: ConfigMap | string,
  hint: string,
): HumanDuration {
  try {
    return readDurationFromConfig(new ConfigReader({ [name]: value }), {
      key: name,
    });
  } catch (error) {
    throw new Problem(
      `cannot be read. ${hint} (${
        error instanceof Error ? error.message : error
      })`,
    );
  }
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** The smallest holds an entity, the largest is read into memory in one piece. */
const MIN_BYTES = KIB;
const MAX_BYTES = 32 * MIB;

const SIZE = /^(\d+(?:\.\d+)?) *(b|kb|mb)?$/;
const BYTES: Record<string, number> = { b: 1, kb: KIB, mb: MIB };

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
  const [, number, unit = 'b'] =
    SIZE.exec(parseText(value).trim().toLowerCase()) ?? [];
  return number === undefined ? null : Math.floor(Number(number) * BYTES[unit]);
}

/**
 * A size for people: `20.1 MiB`. Rounded up, so that what is above a limit
 * looks like it.
 */
export function sizeInWords(size: number): string {
  const [divisor, unit] = size < MIB ? [KIB, 'KiB'] : [MIB, 'MiB'];
  return `${Math.ceil((size / divisor) * 10) / 10} ${unit}`;
}

/**
 * Parses a whole number, written as a number or as text.
 *
 * @param range - `why` says why there is a maximum, worded to follow it:
 * "which is …"; `min` is 1 unless given
 */
export function wholeNumber(range: {
  min?: number;
  max: number;
  why: string;
}): (value: ConfigValue) => number {
  const { min = 1, max, why } = range;
  const rule = `must be a whole number from ${min} to ${max}, but is`;
  return value => {
    if (typeof value !== 'number' && typeof value !== 'string') {
      throw new Problem(`${rule} ${typeInWords(value)}.`);
    }
    // Environment variables are text, and blank text is not zero.
    const number = String(value).trim() ? Number(value) : NaN;
    if (number > max) {
      throw new Problem(`must be at most ${max}, ${why}, but is ${value}.`);
    }
    if (!Number.isInteger(number) || number < min) {
      throw new Problem(`${rule} '${value}'.`);
    }
    return number;
  };
}

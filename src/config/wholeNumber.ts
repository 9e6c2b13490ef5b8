import { ConfigValue, Problem } from './schema';
import { typeInWords } from './values';

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
    // Environment variables are text, and blank text is no zero.
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

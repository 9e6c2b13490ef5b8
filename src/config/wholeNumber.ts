import { ConfigValue, Problem } from './schema';
import { typeInWords } from './values';

/**
 * Parses a whole number from 1 to `maximum`, written as a number or as text.
 *
 * @param reason - why there is a maximum, worded to follow it: "which is …"
 */
export function wholeNumberUpTo(
  maximum: number,
  reason: string,
): (value: ConfigValue) => number {
  return value => {
    if (typeof value !== 'number' && typeof value !== 'string') {
      throw new Problem(
        `must be a whole number from 1 to ${maximum}, but is ${typeInWords(value)}.`,
      );
    }
    // Environment variables are text, and blank text is no zero.
    const number = String(value).trim() ? Number(value) : NaN;
    if (number > maximum) {
      throw new Problem(
        `must be at most ${maximum}, ${reason}, but is ${value}.`,
      );
    }
    if (!Number.isInteger(number) || number < 1) {
      throw new Problem(
        `must be a whole number from 1 to ${maximum}, but is '${value}'.`,
      );
    }
    return number;
  };
}

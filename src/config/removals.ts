import { z } from 'zod';
import { parsedBy } from './schema';
import { wholeNumber } from './wholeNumber';

/**
 * The part of a provider's Locations that may go at once, in percent. A company
 * archives a few repositories at a time; a credential that loses access loses
 * most of them.
 */
const DEFAULT_MAX_PERCENTAGE = 20;

const parsePercentage = wholeNumber({
  min: 0,
  max: 100,
  why: 'which lets all of them go',
});

const fieldsSchema = z.object(
  { maxPercentage: parsedBy(parsePercentage).optional() },
  { message: 'must be a map with the key maxPercentage.' },
);

export const removalsKeys = Object.keys(fieldsSchema.shape);

/** `removals` of a provider. */
export const removalsSchema = fieldsSchema.optional().transform(fields => ({
  maxPercentage: fields?.maxPercentage ?? DEFAULT_MAX_PERCENTAGE,
}));

import { z } from 'zod';
import { ConfigValue, isMap, parsedBy, Problem } from './schema';
import { RepositoryFilters, ValueMatcher } from './types';
import { warnOfUnknownKeys } from './unknownKeys';
import { createValueMatcher } from './valueMatcher';
import { parseBoolean, parseText, parseTrimmedText } from './values';

/** A regular expression that has to match the whole of a value. */
export function parseValueMatcher(value: ConfigValue): ValueMatcher {
  const pattern = parseText(value);
  try {
    return createValueMatcher(pattern);
  } catch (error) {
    throw new Problem(
      `is not a regular expression: ${error instanceof Error ? error.message : error}.`,
    );
  }
}

function parseVisibility(value: ConfigValue): 'public' | 'private' {
  const visibility = parseTrimmedText(value);
  if (visibility !== 'public' && visibility !== 'private') {
    throw new Problem(
      `must be public or private, but is '${visibility}'. Take it out for both.`,
    );
  }
  return visibility;
}

const excludeSchema = z.object(
  {
    projectKey: parsedBy(parseValueMatcher).optional(),
    repoSlug: parsedBy(parseValueMatcher).optional(),
  },
  { message: 'must be a map with the keys projectKey and repoSlug.' },
);

const includeSchema = z.object(
  {
    projectKey: parsedBy(parseValueMatcher).optional(),
    repoSlug: parsedBy(parseValueMatcher).optional(),
    exclude: excludeSchema.optional(),
    visibility: parsedBy(parseVisibility).optional(),
    forks: parsedBy(parseBoolean).optional(),
    query: parsedBy(parseTrimmedText).optional(),
  },
  { message: 'must be a map, with keys such as projectKey and repoSlug.' },
);

/** `filters` of a provider. What is missing leaves out nothing. */
export const filtersSchema = includeSchema
  .optional()
  .transform((filters): RepositoryFilters => ({
    ...filters,
    exclude: filters?.exclude ?? {},
    forks: filters?.forks ?? true,
  }));

/** A warning for each key of `filters` and `filters.exclude` that nothing reads. */
export function warnOfUnknownFilters(
  key: string,
  filters: ConfigValue,
): string[] {
  return [
    ...warnOfUnknownKeys(key, filters, Object.keys(includeSchema.shape)),
    ...warnOfUnknownKeys(
      `${key}.exclude`,
      isMap(filters) ? filters.exclude : undefined,
      Object.keys(excludeSchema.shape),
    ),
  ];
}

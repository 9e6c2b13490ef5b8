import { AppConfig } from '@backstage/config';
import { z } from 'zod';

/** A YAML map, as opposed to a list or a scalar. */
export type ConfigMap = AppConfig['data'];

/** Whatever may stand behind a key, as it was written. */
export type ConfigValue = ConfigMap[string];

export function isMap(value: ConfigValue): value is ConfigMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What is wrong with one value, worded to follow its key: `is blank. …`.
 * Thrown by the functions that parse values, turned into an issue by
 * {@link parsedBy}.
 */
export class Problem extends Error {
  readonly name = 'Problem';
}

/**
 * A zod schema around a function that returns the parsed value or throws a
 * {@link Problem}. `missing` is the message for a key that is not there, unless
 * the schema is made optional.
 */
export function parsedBy<T>(
  parse: (value: ConfigValue) => T,
  missing: string = 'is missing.',
) {
  return z
    .custom<ConfigValue>(value => value !== undefined, { message: missing })
    .transform((value, context): T => {
      try {
        return parse(value);
      } catch (error) {
        if (!(error instanceof Problem)) {
          throw error;
        }
        context.addIssue({ code: 'custom', message: error.message });
        return z.NEVER;
      }
    });
}

/** The part of a zod result that is the same in all versions we support. */
type Result<T> =
  | { success: true; data: T }
  | {
      success: false;
      error: { issues: { path: PropertyKey[]; message: string }[] };
    };

/**
 * The parsed value, or undefined after adding every problem to `problems`, each
 * with the full key in front: `catalog.providers.bitbucketCloud.pagelen must …`.
 */
export function takeParsed<T>(
  key: string,
  result: Result<T>,
  problems: string[],
): T | undefined {
  if (result.success) {
    return result.data;
  }
  for (const issue of result.error.issues) {
    problems.push(
      `${[key, ...issue.path].map(String).join('.')} ${issue.message}`,
    );
  }
  return undefined;
}

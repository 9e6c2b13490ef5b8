import { AppConfig } from '@backstage/config';
import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';

/**
 * A section of the configuration cannot be used. One error lists all of its
 * problems, one per line; each names its key and says how to fix it. No
 * problem shows a secret.
 */
export class ConfigurationError extends Error {
  readonly name = 'ConfigurationError';
  /** The problems, each one or two sentences that begin with the key. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `The Bitbucket configuration cannot be used:\n${problems
        .map(problem => `- ${problem}`)
        .join('\n')}`,
    );
    this.problems = problems;
  }
}

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

/** Ends a message about a key that is not there. */
export const UNSET_VARIABLE_HINT =
  'An environment variable that is not set leaves out the key that refers to it with ${…}.';

/** Names the type of a value the way a reader of YAML would. */
export function typeInWords(value: ConfigValue): string {
  if (value === null || value === undefined) {
    return 'empty';
  }
  if (Array.isArray(value)) {
    return 'a list';
  }
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    default:
      return 'a map';
  }
}

/** Text that is not blank, as it is written. Messages never show the value, which may be a secret. */
export function parseText(value: ConfigValue): string {
  if (typeof value === 'number' || typeof value === 'boolean') {
    throw new Problem(
      `must be text, but is ${typeInWords(value)}. Put quotes around it.`,
    );
  }
  if (typeof value !== 'string') {
    throw new Problem(`must be text, but is ${typeInWords(value)}.`);
  }
  if (!value.trim()) {
    throw new Problem(
      'is blank. Give it a value or remove the key; if it refers to an environment variable, that variable is set but empty.',
    );
  }
  return value;
}

/** Text without the spaces and line breaks around it, which secrets pick up when they are copied. */
export function parseTrimmedText(value: ConfigValue): string {
  return parseText(value).trim();
}

/**
 * A token that can stand in an HTTP header. Anything else would fail with each
 * request, and the HTTP client's error would show the token.
 */
export function parseToken(value: ConfigValue): string {
  const token = parseTrimmedText(value);
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new Problem(
      'has a space, a line break or another character in it that no token has. Copy the token again.',
    );
  }
  return token;
}

/** A boolean, or the texts and numbers that Backstage's own ConfigReader takes for one. */
export function parseBoolean(value: ConfigValue): boolean {
  if (typeof value !== 'object' && value !== undefined) {
    const text = String(value).trim();
    if (/^(?:y|yes|true|1|on)$/i.test(text)) {
      return true;
    }
    if (/^(?:n|no|false|0|off)$/i.test(text)) {
      return false;
    }
  }
  throw new Problem(`must be true or false, but is ${typeInWords(value)}.`);
}

/**
 * A warning for each key of `value` that nothing reads. It is not an error, since a
 * configuration that the stock module accepts has to go on working.
 */
export function warnOfUnknownKeys(
  key: string,
  value: ConfigValue,
  knownKeys: readonly string[],
): string[] {
  if (!isMap(value)) {
    return [];
  }
  return Object.keys(value)
    .filter(name => !knownKeys.includes(name))
    .map(
      name =>
        `${key}.${name} is unknown and has no effect. ${suggest(name, knownKeys)}`,
    );
}

/** Names the nearest key where it is near enough to be a slip, else every key there is. */
function suggest(name: string, knownKeys: readonly string[]): string {
  const lowerCased = knownKeys.map(key => key.toLowerCase());
  const nearest = closest(name.toLowerCase(), lowerCased);
  return distance(name.toLowerCase(), nearest) <= nearest.length / 2
    ? `Did you mean ${knownKeys[lowerCased.indexOf(nearest)]}?`
    : `Known keys are ${knownKeys.join(', ')}.`;
}

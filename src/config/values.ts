import { ConfigValue, Problem } from './schema';

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
      'is blank. Give it a value or take the key out; if it refers to an environment variable, that variable is set but empty.',
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

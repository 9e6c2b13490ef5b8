import { createContext, Script } from 'node:vm';
import { ValueMatcher } from './types';

/**
 * How long one expression may take over all values that it is given: some
 * thousands take a few milliseconds. `(a+)+b` takes years over forty letters,
 * and nothing else would run in the meantime.
 */
const LIMIT_MS = 1_000;

const SELECT = new Script('values.filter(value => whole.test(value))');
const sandbox = createContext({});

/**
 * A regular expression that has to match the whole of a value: `foo|bar` means
 * exactly foo or exactly bar.
 *
 * @throws SyntaxError when it is none
 */
export function createValueMatcher(pattern: string): ValueMatcher {
  // Alone first: `a)|(b` is broken, and would be valid inside the group.
  RegExp(pattern);
  const whole = RegExp(`^(?:${pattern})$`);
  return { pattern, select: values => select(whole, pattern, values) };
}

function select(
  whole: RegExp,
  pattern: string,
  values: Iterable<string>,
): Set<string> {
  Object.assign(sandbox, { whole, values: [...new Set(values)] });
  try {
    return new Set(SELECT.runInContext(sandbox, { timeout: LIMIT_MS }));
  } catch (error) {
    if (isTimeout(error)) {
      throw new Error(
        `the regular expression ${pattern} takes more than ${LIMIT_MS} ms to match. Write it without a repetition within a repetition, such as (a+)+`,
      );
    }
    throw error;
  }
}

const isTimeout = (error: unknown) =>
  Object(error).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';

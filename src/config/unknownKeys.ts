import { closest, distance } from 'fastest-levenshtein';
import { ConfigValue, isMap } from './schema';

/**
 * A warning for each key of `value` that nothing reads. It is no error, since a
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

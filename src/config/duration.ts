import { ConfigReader, readDurationFromConfig } from '@backstage/config';
import { durationToMilliseconds, HumanDuration } from '@backstage/types';
import { ConfigMap, ConfigValue, isMap, Problem } from './schema';
import { parseText, typeInWords } from './values';

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

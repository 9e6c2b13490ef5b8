import { Config } from '@backstage/config';
import { ConfigMap, ConfigValue, isMap, parsedBy } from './schema';
import { duration, parseFileSize, wholeNumber } from './units';

/**
 * Requests under way at once. Bitbucket states no bound; eight use up an hour's
 * requests within a minute as it is.
 * https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits/
 */
const DEFAULT_CONCURRENCY = 8;

const parseConcurrency = wholeNumber({
  max: 50,
  why: 'since more only reach the limits sooner',
});

/**
 * The catalog reads each location again every 100 to 150 seconds: within two
 * minutes, all of its reads share one question for what has changed.
 * https://backstage.io/docs/features/software-catalog/life-of-an-entity/#processing
 */
export const DEFAULT_FRESHNESS_MS = 2 * 60 * 1000;

export const parseFreshness = duration(
  'freshness',
  "'2 minutes' or { minutes: 2 }",
);

/**
 * Files that describe entities are a few kilobytes, and definitions of APIs may
 * be some hundreds. The catalog parses them on the thread that answers users.
 */
const DEFAULT_MAX_FILE_BYTES = 1024 * 1024;

/** What is limited in the same way for each product. */
export const limitFields = {
  concurrency: parsedBy(parseConcurrency)
    .optional()
    .transform(concurrency => concurrency ?? DEFAULT_CONCURRENCY),
  freshness: parsedBy(parseFreshness)
    .optional()
    .transform(freshness => freshness ?? DEFAULT_FRESHNESS_MS),
  maxFileSize: parsedBy(parseFileSize)
    .optional()
    .transform(size => size ?? DEFAULT_MAX_FILE_BYTES),
};

/** A key without a value is absent, as it is to ConfigReader, which leaves lists as they are. */
export function withoutNulls(entry: ConfigMap): ConfigMap {
  return Object.fromEntries(
    Object.entries(entry).filter(([, value]) => value !== null),
  );
}

/** Otherwise a secret that was forgotten would only show as anonymous requests. */
export function warnOfNulls(key: string, entry: ConfigMap): string[] {
  return Object.keys(entry)
    .filter(name => entry[name] === null)
    .map(
      name =>
        `${key}.${name} has no value and counts as missing. Give it one, or remove the key.`,
    );
}

/** The host name of this machine to itself, as `URL` normalises it. */
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** Whether a URL leads to this machine, where http needs no encryption. */
export function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK.test(hostname);
}

/** Where the name of this module's key may be misspelt unnoticed. */
const SECTIONS = ['integrations', 'catalog.providers', 'events.modules'];

/**
 * Warnings of sections that are not read, since their name is misspelt.
 *
 * @param name - as it is read
 * @param meant - what it may be mistaken for, in lower case and without dashes
 */
export function warnOfSpelling(
  config: Config,
  name: string,
  meant: readonly string[],
): string[] {
  return SECTIONS.flatMap(section => {
    const keys = config.getOptional<ConfigValue>(section);
    return Object.keys(isMap(keys) ? keys : {})
      .filter(
        key =>
          key !== name &&
          meant.includes(key.toLowerCase().replace(/[-_]/g, '')),
      )
      .map(
        key =>
          `${section}.${key} is not read. Write ${section}.${name} instead.`,
      );
  });
}

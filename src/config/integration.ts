import { Config } from '@backstage/config';
import { z } from 'zod';
import {
  chooseCredential,
  findIncompleteCredentials,
} from './chooseCredential';
import {
  isLoopback,
  limitFields,
  warnOfNulls,
  warnOfSpelling,
  withoutNulls,
} from './integrationSection';
import {
  ConfigMap,
  ConfigurationError,
  ConfigValue,
  isMap,
  parsedBy,
  parseText,
  parseToken,
  parseTrimmedText,
  Problem,
  takeParsed,
  typeInWords,
  warnOfUnknownKeys,
} from './schema';
import { IntegrationConfig, Parsed } from './types';
import { wholeNumber } from './units';

const HOST = 'bitbucket.org';
const LIST_KEY = 'integrations.bitbucketCloud';
const ENTRY_KEY = `${LIST_KEY}[0]`;

/**
 * Warnings of what stands elsewhere in the configuration and seems to be meant
 * for this module, which does not read it.
 */
function warnOfOtherSections(config: Config): string[] {
  return [
    ...warnOfLegacyKey(config),
    ...warnOfConnections(config),
    ...warnOfSpelling(config, 'bitbucketCloud', ['bitbucketcloud']),
  ];
}

/**
 * `integrations.bitbucket`, for Bitbucket Cloud and Server alike, which Backstage
 * dropped with version 1.49.
 * https://backstage.io/docs/releases/v1.49.0
 */
function warnOfLegacyKey(config: Config): string[] {
  return entriesOf(config, 'integrations.bitbucket').flatMap((entry, index) =>
    (entry.host ?? HOST) === HOST
      ? [
          `integrations.bitbucket[${index}] is not read, neither by this module nor by Backstage since version 1.49. Move its credential to ${LIST_KEY}: an API token with username, or an access token without.`,
        ]
      : [],
  );
}

/** https://backstage.io/docs/next/backend-system/core-services/connections/configuring-connections */
function warnOfConnections(config: Config): string[] {
  const index = entriesOf(config, 'connections').findIndex(
    ({ type, host }) => type === 'bitbucket-cloud' && (host ?? HOST) === HOST,
  );
  if (index === -1) {
    return [];
  }
  const signed = config.has(LIST_KEY)
    ? `Requests are signed with ${LIST_KEY}.`
    : `Put the credential there as well: until then, requests are anonymous.`;
  return [
    `connections[${index}] is not read by this module, which reads ${LIST_KEY}. ${signed}`,
  ];
}

function entriesOf(config: Config, key: string): ConfigMap[] {
  const list = config.getOptional<ConfigValue>(key);
  return Array.isArray(list) ? list.filter(isMap) : [];
}

const parseRequestsPerHour = wholeNumber({
  max: 100_000,
  why: 'which is ten times the most that Bitbucket grants',
});

const entrySchema = z.object({
  username: parsedBy(parseTrimmedText).optional(),
  token: parsedBy(parseToken).optional(),
  appPassword: parsedBy(parseTrimmedText).optional(),
  clientId: parsedBy(parseTrimmedText).optional(),
  clientSecret: parsedBy(parseTrimmedText).optional(),
  // Read by the scaffolder. Checked here because every stock reader of the
  // entry throws where it is blank or no text.
  commitSigningKey: parsedBy(parseText).optional(),
  apiBaseUrl: parsedBy(parseApiBaseUrl).optional(),
  requestsPerHour: parsedBy(parseRequestsPerHour).optional(),
  ...limitFields,
});

/**
 * Reads `integrations.bitbucketCloud`, a list of at most one entry. A missing or
 * empty list means anonymous requests to bitbucket.org.
 *
 * The stock integration reads the same list later, and throws at the first
 * problem it meets; nothing passes here that it would refuse.
 *
 * @see https://backstage.io/docs/integrations/bitbucketCloud/locations
 * @throws ConfigurationError that lists every problem of the section
 */
export function readIntegrationConfig(
  config: Config,
): Parsed<IntegrationConfig> {
  // Raw values, so that blanks and wrong types meet the messages of this
  // package and not those of ConfigReader.
  const written = takeOnlyEntry(config.getOptional(LIST_KEY));
  const entry = withoutNulls(written);
  const problems: string[] = [];
  const parsed = takeParsed(ENTRY_KEY, entrySchema.safeParse(entry), problems);
  problems.push(...findIncompleteCredentials(ENTRY_KEY, entry));
  const unknownKeys = warnOfUnknownKeys(
    ENTRY_KEY,
    entry,
    Object.keys(entrySchema.shape),
  );
  if (!parsed || problems.length) {
    // A key that is missing may be there under a misspelt name.
    throw new ConfigurationError([...problems, ...unknownKeys]);
  }
  const { value: credential, warnings } = chooseCredential(ENTRY_KEY, parsed);
  return {
    value: {
      credential,
      ...baseUrls(parsed.apiBaseUrl),
      concurrency: parsed.concurrency,
      requestsPerHour: parsed.requestsPerHour,
      freshnessMs: parsed.freshness,
      maxFileBytes: parsed.maxFileSize,
    },
    warnings: [
      ...warnings,
      ...unknownKeys,
      ...warnOfNulls(ENTRY_KEY, written),
      ...warnOfOtherSections(config),
    ],
  };
}

function takeOnlyEntry(list: ConfigValue): ConfigMap {
  if (list === undefined) {
    return {};
  }
  if (!Array.isArray(list)) {
    throw new ConfigurationError([
      `${LIST_KEY} must be a list, but is ${typeInWords(list)}. Begin the entry with "- ", or remove the key for anonymous access.`,
    ]);
  }
  if (list.length > 1) {
    throw new ConfigurationError([
      `${LIST_KEY} has ${list.length} entries, but takes one at most, since bitbucket.org is one host. Put what differs into one entry.`,
    ]);
  }
  const entry = list.length ? list[0] : {};
  if (!isMap(entry)) {
    throw new ConfigurationError([
      `${ENTRY_KEY} must be a map, but is ${typeInWords(entry)}. Write {} for anonymous access, or remove the entry.`,
    ]);
  }
  return entry;
}

/** https://developer.atlassian.com/cloud/bitbucket/rest/intro/ */
const DEFAULT_API_BASE_URL = 'https://api.bitbucket.org/2.0';
const DEFAULT_WEB_BASE_URL = 'https://bitbucket.org';

/**
 * Parses `apiBaseUrl`. Plain http would send the credential in the clear, so it
 * is accepted on loopback alone, where a proxy or a simulator listens. Messages
 * do not show the URL, since it may hold a password.
 */
function parseApiBaseUrl(value: ConfigValue): string {
  const text = parseTrimmedText(value);
  if (!URL.canParse(text)) {
    throw new Problem(
      `is not a URL. Write for example ${DEFAULT_API_BASE_URL}, which is the default.`,
    );
  }
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new Problem('must begin with https://.');
  }
  if (url.protocol === 'http:' && !isLoopback(url)) {
    throw new Problem(
      'must begin with https://. http:// is accepted for localhost, 127.0.0.1 and [::1] only, since it would send the credential in the clear.',
    );
  }
  if (url.username || url.password) {
    throw new Problem(
      'must not hold a user name or a password. Write them as keys of the same entry.',
    );
  }
  if (url.search || url.hash) {
    throw new Problem(
      'must end with its path: remove everything from the first ? or # on.',
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/**
 * The two roots that requests go to. Archives and OAuth tokens come from
 * another origin than the API; behind a proxy or a simulator it is the same.
 */
function baseUrls(
  apiBaseUrl: string = DEFAULT_API_BASE_URL,
): Pick<IntegrationConfig, 'apiBaseUrl' | 'webBaseUrl'> {
  const { origin } = new URL(apiBaseUrl);
  return {
    apiBaseUrl,
    webBaseUrl:
      origin === new URL(DEFAULT_API_BASE_URL).origin
        ? DEFAULT_WEB_BASE_URL
        : origin,
  };
}

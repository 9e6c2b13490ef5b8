import { Config } from '@backstage/config';
import { z } from 'zod';
import {
  isLoopback,
  DEFAULT_FRESHNESS_MS,
  limitFields,
  parseFreshness,
  warnOfNulls,
  warnOfSpelling,
  withoutNulls,
} from './integrationSection';
import {
  ConfigurationError,
  ConfigValue,
  isMap,
  parseBoolean,
  parsedBy,
  parseText,
  parseToken,
  parseTrimmedText,
  Problem,
  takeParsed,
  typeInWords,
  UNSET_VARIABLE_HINT,
  warnOfUnknownKeys,
} from './schema';
import {
  DataCenterCredentialConfig,
  DataCenterIntegrationConfig,
  Parsed,
} from './types';
import { wholeNumber } from './units';

const LIST_KEY = 'integrations.bitbucketServer';

const EXAMPLE_HOST = 'git.example.com';
const EXAMPLE_BASE_URL = `https://${EXAMPLE_HOST}/bitbucket`;
const EXAMPLE_URL = `${EXAMPLE_BASE_URL}/rest/api/latest`;

const parseRequestsPerSecond = wholeNumber({
  max: 1_000,
  why: 'which is more than an instance answers',
});

const entrySchema = z.object({
  host: parsedBy(
    parseHost,
    `is missing. Write the host of the instance, such as ${EXAMPLE_HOST}. ${UNSET_VARIABLE_HINT}`,
  ),
  apiBaseUrl: parsedBy(parseApiBaseUrl).optional(),
  baseUrl: parsedBy(parseBaseUrl).optional(),
  allowInsecureHttp: parsedBy(parseBoolean).optional(),
  token: parsedBy(parseToken).optional(),
  username: parsedBy(parseTrimmedText).optional(),
  // Not trimmed: a password may begin or end with a space.
  password: parsedBy(parseText).optional(),
  // Read by the scaffolder; checked here, as the stock readers throw where it is blank.
  commitSigningKey: parsedBy(parseText).optional(),
  requestsPerSecond: parsedBy(parseRequestsPerSecond).optional(),
  ...limitFields,
  // Without it, the age of heads is what walks make it.
  freshness: parsedBy(parseFreshness).optional(),
});

type Entry = z.infer<typeof entrySchema>;

/**
 * Reads `integrations.bitbucketServer`: an entry for each instance of Bitbucket Data
 * Center. None when the section is missing.
 *
 * The stock integration reads the same list later, and throws at the first problem that
 * it meets; nothing passes here that it would refuse.
 *
 * @see https://backstage.io/docs/integrations/bitbucketServer/locations
 * @throws ConfigurationError that lists every problem of the section
 */
export function readDataCenterIntegrations(
  config: Config,
): Parsed<DataCenterIntegrationConfig[]> {
  const list = config.getOptional<ConfigValue>(LIST_KEY) ?? [];
  if (!Array.isArray(list)) {
    throw new ConfigurationError([
      `${LIST_KEY} must be a list, but is ${typeInWords(list)}. Begin each entry with "- ".`,
    ]);
  }
  const problems: string[] = [];
  const warnings: string[] = [];
  const integrations: DataCenterIntegrationConfig[] = [];
  list.forEach((written, index) => {
    const key = `${LIST_KEY}[${index}]`;
    if (!isMap(written)) {
      problems.push(
        `${key} must be a map with the key host, but is ${typeInWords(written)}.`,
      );
      return;
    }
    const entry = withoutNulls(written);
    const unknownKeys = warnOfUnknownKeys(
      key,
      entry,
      Object.keys(entrySchema.shape),
    );
    const parsed = takeParsed(key, entrySchema.safeParse(entry), problems);
    const ownProblems = parsed ? findProblems(key, parsed, integrations) : [];
    problems.push(...ownProblems);
    if (!parsed || ownProblems.length > 0) {
      // A key that is missing may be there under a misspelled name.
      problems.push(...unknownKeys);
      return;
    }
    integrations.push(toIntegration(key, parsed));
    warnings.push(
      ...unknownKeys,
      ...warnOfNulls(key, written),
      ...warnOfCredentials(key, parsed),
      ...warnOfHttp(key, parsed),
    );
  });
  if (problems.length > 0) {
    throw new ConfigurationError(problems);
  }
  warnings.push(
    ...warnOfSpelling(config, 'bitbucketServer', [
      'bitbucketserver',
      'bitbucketdatacenter',
    ]),
  );
  return { value: integrations, warnings };
}

function toIntegration(key: string, entry: Entry): DataCenterIntegrationConfig {
  const { host, apiBaseUrl, concurrency, requestsPerSecond } = entry;
  const api = apiBaseUrl ?? new URL(`https://${host}`);
  // Backstage finds an integration by the host of a URL.
  const web =
    api.host === host ? api : new URL(api.pathname, `https://${host}`);
  return {
    key,
    host,
    baseUrl: rootOf(api),
    webBaseUrl: rootOf(entry.baseUrl ?? web),
    credential: credentialOf(entry),
    concurrency,
    requestsPerSecond,
    freshnessMs: entry.freshness ?? DEFAULT_FRESHNESS_MS,
    headFreshnessMs: entry.freshness,
    maxFileBytes: entry.maxFileSize,
  };
}

function rootOf({ origin, pathname }: URL): string {
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}

function credentialOf({
  token,
  username,
  password,
}: Entry): DataCenterCredentialConfig {
  if (token !== undefined) {
    return { kind: 'httpAccessToken', token };
  }
  return username !== undefined && password !== undefined
    ? { kind: 'password', username, password }
    : { kind: 'anonymous' };
}

function findProblems(
  key: string,
  entry: Entry,
  others: readonly DataCenterIntegrationConfig[],
): string[] {
  const { host, apiBaseUrl, allowInsecureHttp, token } = entry;
  const { baseUrl, username, password } = entry;
  const same = others.find(other => other.host === host);
  const problems: string[] = [];
  if (same) {
    problems.push(
      `${key}.host is ${host}, as ${same.key}.host is. Remove one of the two entries.`,
    );
  }
  if (baseUrl && baseUrl.host !== host) {
    problems.push(
      `${key}.baseUrl must be at the host ${host}, since Backstage finds the integration of a URL by its host. Write the URL of the web pages, and that of the API in apiBaseUrl.`,
    );
  }
  if (
    apiBaseUrl?.protocol === 'http:' &&
    !isLoopback(apiBaseUrl) &&
    !allowInsecureHttp
  ) {
    problems.push(
      `${key}.apiBaseUrl must begin with https://, since http:// sends the credential in the clear. If the instance has no https, set ${key}.allowInsecureHttp to true.`,
    );
  }
  if (token === undefined && username !== undefined && password === undefined) {
    problems.push(
      `${key}.password is missing: username needs it. To use an HTTP access token, set ${key}.token instead. ${UNSET_VARIABLE_HINT}`,
    );
  }
  if (token === undefined && password !== undefined && username === undefined) {
    problems.push(
      `${key}.username is missing: password needs it. To use an HTTP access token, set ${key}.token instead. ${UNSET_VARIABLE_HINT}`,
    );
  }
  return problems;
}

function warnOfCredentials(
  key: string,
  { token, username, password }: Entry,
): string[] {
  return token !== undefined &&
    (username !== undefined || password !== undefined)
    ? [
        `${key}.username and ${key}.password have no effect: token takes precedence. Remove the keys that you do not need.`,
      ]
    : [];
}

function warnOfHttp(key: string, { apiBaseUrl }: Entry): string[] {
  return apiBaseUrl?.protocol === 'http:' && !isLoopback(apiBaseUrl)
    ? [
        `${key}.apiBaseUrl begins with http://, so that the credential can be read on its way. Use https:// as soon as the instance has it.`,
      ]
    : [];
}

/** Parses the host, with its port where it has one. */
function parseHost(value: ConfigValue): string {
  const host = parseTrimmedText(value).toLowerCase();
  if (/^https?:\/\//.test(host) && URL.canParse(host)) {
    throw new Problem(
      `must be a host, but is a URL. Write '${new URL(host).host}', and the URL in apiBaseUrl if it has a path.`,
    );
  }
  if (
    !URL.canParse(`https://${host}`) ||
    new URL(`https://${host}`).host !== host
  ) {
    throw new Problem(
      `must be a host, such as ${EXAMPLE_HOST} or ${EXAMPLE_HOST}:8443, without a path. Write a context path in apiBaseUrl.`,
    );
  }
  return host;
}

/**
 * Parses `apiBaseUrl` into the root of the instance: without `/rest/api/latest` or
 * another version at its end.
 */
function parseApiBaseUrl(value: ConfigValue): URL {
  const url = parseUrlOf(value, EXAMPLE_URL);
  url.pathname = url.pathname.replace(/\/rest(?:\/api(?:\/[^/]+)?)?\/*$/, '/');
  return url;
}

function parseBaseUrl(value: ConfigValue): URL {
  return parseUrlOf(value, EXAMPLE_BASE_URL);
}

/** Messages do not show the URL, since it may hold a password. */
function parseUrlOf(value: ConfigValue, example: string): URL {
  const text = parseTrimmedText(value);
  if (!URL.canParse(text) || !/^https?:/i.test(text)) {
    throw new Problem(
      `is not a URL that begins with https://. Write for example ${example}.`,
    );
  }
  const url = new URL(text);
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
  return url;
}

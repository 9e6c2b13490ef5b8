import { Config } from '@backstage/config';
import { z } from 'zod';
import { isLoopback } from './integrationSection';
import {
  ConfigValue,
  parseBoolean,
  parsedBy,
  parseTrimmedText,
  Problem,
  typeInWords,
  UNSET_VARIABLE_HINT,
} from './schema';
import { PullRequestsConfig } from './types';
import { duration, wholeNumber } from './units';

const DAY_MS = 24 * 60 * 60 * 1_000;

const DEFAULT_RETENTION_MS = 30 * DAY_MS;

/** A tenth of what Bitbucket grants by default. */
const DEFAULT_REQUESTS_PER_HOUR = 100;

const EXAMPLE_LINK = 'https://backstage.example.com';

/** `pullRequests` of a provider. Every key has a default. */
export const pullRequestsSchema = z
  .object(
    {
      buildStatus: parsedBy(oneOf('failures', 'off', 'always')).optional(),
      comment: parsedBy(parseBoolean).optional(),
      references: parsedBy(oneOf('warning', 'error', 'off')).optional(),
      conflicts: parsedBy(oneOf('error', 'warning')).optional(),
      removals: parsedBy(oneOf('warning', 'off')).optional(),
      drafts: parsedBy(parseBoolean).optional(),
      forks: parsedBy(parseBoolean).optional(),
      link: parsedBy(parseLink).optional(),
      retention: parsedBy(
        duration('retention', "'30 days' or { days: 30 }"),
      ).optional(),
      requestsPerHour: parsedBy(
        wholeNumber({
          max: 100_000,
          why: 'which is more than Bitbucket grants anyone',
        }),
      ).optional(),
    },
    { message: 'must be a map; write {} for the defaults.' },
  )
  .transform((fields): PullRequestsConfig => ({
    buildStatus: fields.buildStatus ?? 'failures',
    comment: fields.comment ?? false,
    references: fields.references ?? 'warning',
    conflicts: fields.conflicts ?? 'error',
    removals: fields.removals ?? 'warning',
    drafts: fields.drafts ?? true,
    forks: fields.forks ?? false,
    link: fields.link ?? true,
    retentionMs: fields.retention ?? DEFAULT_RETENTION_MS,
    requestsPerHour: fields.requestsPerHour ?? DEFAULT_REQUESTS_PER_HOUR,
  }));

export const pullRequestsKeys = [
  'buildStatus',
  'comment',
  'references',
  'conflicts',
  'removals',
  'drafts',
  'forks',
  'link',
  'retention',
  'requestsPerHour',
];

/** A problem where a forged delivery would make this module post to pull requests. */
export function pullRequestsNeedSecret(
  key: string,
  { pullRequests }: { pullRequests?: PullRequestsConfig },
  secret: string,
  config: Config,
): string[] {
  return pullRequests && !config.has(secret)
    ? [
        `${key}.pullRequests posts to pull requests after deliveries of webhooks, which have to be signed. Set ${secret} to the secret of the webhook, for example to the output of: openssl rand -hex 32. ${UNSET_VARIABLE_HINT}`,
      ]
    : [];
}

function oneOf<T extends string>(...values: T[]): (value: ConfigValue) => T {
  return value => {
    // YAML 1.1 takes off and on for booleans, and some tools write those.
    const text = value === false ? 'off' : value;
    const found = values.find(one => one === text);
    if (found === undefined) {
      const given =
        typeof value === 'string' ? `'${value}'` : typeInWords(value);
      throw new Problem(
        `must be ${values.slice(0, -1).join(', ')} or ${values.at(-1)}, but is ${given}.`,
      );
    }
    return found;
  };
}

/** Messages do not show the URL, since it may hold a password. */
function parseLink(value: ConfigValue): boolean | string {
  if (typeof value === 'boolean') {
    return value;
  }
  const text = parseTrimmedText(value);
  if (!URL.canParse(text)) {
    throw new Problem(
      `must be true, false or the base URL of the backend, such as ${EXAMPLE_LINK}.`,
    );
  }
  const url = new URL(text);
  if (
    (url.protocol !== 'https:' && !isLoopback(url)) ||
    url.username ||
    url.password ||
    url.search ||
    url.hash
  ) {
    throw new Problem(
      `must be a URL that begins with https:// and has no user name, password, query or fragment, such as ${EXAMPLE_LINK}.`,
    );
  }
  return url.href.replace(/\/+$/, '');
}

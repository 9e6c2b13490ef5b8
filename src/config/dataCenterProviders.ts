import { Config } from '@backstage/config';
import { z } from 'zod';
import { dataCenterFilterKeys, dataCenterFiltersSchema } from './filters';
import {
  commonFields,
  parseProvider,
  readProviderSection,
} from './providerSection';
import {
  ConfigValue,
  parseBoolean,
  parsedBy,
  parseTrimmedText,
  Problem,
  UNSET_VARIABLE_HINT,
} from './schema';
import { DataCenterIntegrationConfig, Parsed, ProviderConfig } from './types';
import { wholeNumber } from './units';
import { webhookKeys } from './webhooks';

const KEY = 'catalog.providers.bitbucketServer';

/**
 * Rows per page, which an instance may cut to fewer. What Atlassian's settings allow by
 * default: https://confluence.atlassian.com/x/m5ZKLg
 */
const MAX_PAGELEN = 1_000;

/**
 * An instance reports neither that a repository was made nor that one was deleted, and
 * its list takes one request for each thousand of them.
 */
const DEFAULT_FULL_WALK_MS = 10 * 60_000;

const parsePagelen = wholeNumber({
  max: MAX_PAGELEN,
  why: 'which is the most that an instance gives',
});

const WEBHOOKS = webhookKeys('bitbucketServer');

const schemaFor = (hosts: readonly string[]) =>
  z.object({
    host: parsedBy(
      value => parseHost(value, hosts),
      `is missing. Write the host of an entry of integrations.bitbucketServer, such as git.example.com. ${UNSET_VARIABLE_HINT}`,
    ),
    ...commonFields(WEBHOOKS),
    filters: dataCenterFiltersSchema,
    pagelen: parsedBy(parsePagelen)
      .optional()
      .transform(pagelen => pagelen ?? MAX_PAGELEN),
    // Accepted, as the stock module has it, and without effect: a Location is emitted
    // for a file that is there, and removed only for one that is known not to be.
    validateLocationsExist: parsedBy(parseBoolean).optional(),
  });

/**
 * Reads `catalog.providers.bitbucketServer`. The workspace of a provider is the host of
 * its instance.
 *
 * @param integrations - of the same configuration
 * @throws ConfigurationError that lists every problem of the section
 */
export function readDataCenterProviders(
  config: Config,
  integrations: readonly DataCenterIntegrationConfig[],
): Parsed<ProviderConfig[]> {
  const schema = schemaFor(integrations.map(({ host }) => host));
  return readProviderSection(config, {
    key: KEY,
    product: 'Bitbucket Data Center',
    workspaceKind: 'instance',
    needed: { name: 'host', example: 'host: git.example.com' },
    keys: Object.keys(schema.shape),
    filterKeys: dataCenterFilterKeys,
    webhooks: WEBHOOKS,
    limitedBy: 'requestsPerSecond of the entry in integrations.bitbucketServer',
    parse(key, raw, problems) {
      const parsed = parseProvider(key, raw, schema, problems);
      if (!parsed) {
        return undefined;
      }
      const { host, validateLocationsExist: _, ...rest } = parsed;
      const { fullWalkMs = DEFAULT_FULL_WALK_MS } = rest;
      return { workspace: host, ...rest, fullWalkMs };
    },
  });
}

function parseHost(value: ConfigValue, hosts: readonly string[]): string {
  const host = parseTrimmedText(value).toLowerCase();
  if (!hosts.includes(host)) {
    throw new Problem(
      `is '${host}', for which integrations.bitbucketServer has no entry (${hosts.join(', ') || 'none'}). Add an entry with this host; without a token in it, requests are anonymous.`,
    );
  }
  return host;
}

import { Config } from '@backstage/config';
import { ConfigMap, ConfigValue, isMap } from './schema';

const HOST = 'bitbucket.org';
const CURRENT = 'integrations.bitbucketCloud';

/** Where the name of this module's key may be misspelt without anybody noticing. */
const SECTIONS = ['integrations', 'catalog.providers', 'events.modules'];

/**
 * Warnings of what stands elsewhere in the configuration and seems to be meant
 * for this module, which does not read it.
 */
export function warnOfOtherSections(config: Config): string[] {
  return [
    ...warnOfLegacyKey(config),
    ...warnOfConnections(config),
    ...SECTIONS.flatMap(section => warnOfSpelling(config, section)),
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
          `integrations.bitbucket[${index}] is not read, neither by this module nor by Backstage since version 1.49. Move its credential to ${CURRENT}: an API token with username, or an access token without.`,
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
  const signed = config.has(CURRENT)
    ? `Requests are signed with ${CURRENT}.`
    : `Put the credential there as well: until then, requests are anonymous.`;
  return [
    `connections[${index}] is not read by this module, which reads ${CURRENT}. ${signed}`,
  ];
}

function warnOfSpelling(config: Config, section: string): string[] {
  const keys = config.getOptional<ConfigValue>(section);
  return Object.keys(isMap(keys) ? keys : {})
    .filter(
      key =>
        key !== 'bitbucketCloud' &&
        key.toLowerCase().replace(/[-_]/g, '') === 'bitbucketcloud',
    )
    .map(
      key =>
        `${section}.${key} is not read. Write ${section}.bitbucketCloud instead.`,
    );
}

function entriesOf(config: Config, key: string): ConfigMap[] {
  const list = config.getOptional<ConfigValue>(key);
  return Array.isArray(list) ? list.filter(isMap) : [];
}

import { JsonObject } from '@backstage/types';
import { Simulator } from '../dev/simulator';
import { DataCenterSimulator } from '../dev/simulator/data-center';

/**
 * The configuration of a backend that is filled from the simulator, with more
 * requests an hour than any test needs.
 *
 * @param bitbucketCloud - a provider, or a map of providers by id
 * @param entry - of `integrations.bitbucketCloud`; anonymous unless given
 */
export function configFor(
  { apiBaseUrl }: Simulator,
  bitbucketCloud: JsonObject,
  entry: JsonObject = {},
): JsonObject & { catalog: JsonObject } {
  const requestsPerHour = 100_000;
  return {
    integrations: {
      bitbucketCloud: [{ requestsPerHour, ...entry, apiBaseUrl }],
    },
    catalog: { providers: { bitbucketCloud } },
  };
}

/**
 * The configuration of a backend that is filled from an instance of Bitbucket Data Center.
 *
 * @param provider - gives a provider, or a map of providers by id, of the instance's host
 * @param entry - of `integrations.bitbucketServer`; anonymous unless given
 */
export function configForDataCenter(
  { baseUrl }: DataCenterSimulator,
  provider: (host: string) => JsonObject,
  entry: JsonObject = {},
): JsonObject & { catalog: JsonObject } {
  const { host } = new URL(baseUrl);
  return {
    integrations: {
      bitbucketServer: [
        { host, apiBaseUrl: `${baseUrl}/rest/api/1.0`, ...entry },
      ],
    },
    catalog: { providers: { bitbucketServer: provider(host) } },
  };
}

/** The same, for a catalog that reads again only on request. */
export function withoutRereads<Config extends { catalog: JsonObject }>(
  config: Config,
): Config {
  const processingInterval = { hours: 24 };
  return { ...config, catalog: { ...config.catalog, processingInterval } };
}

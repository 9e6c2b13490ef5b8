import { JsonObject } from '@backstage/types';
import { Simulator } from '../dev/simulator';

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

/** The same, for a catalog that reads again only on request. */
export function withoutRereads<Config extends { catalog: JsonObject }>(
  config: Config,
): Config {
  const processingInterval = { hours: 24 };
  return { ...config, catalog: { ...config.catalog, processingInterval } };
}

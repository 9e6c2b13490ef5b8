import { ProviderConfig } from '../../src/config/types';

/** The settings of a provider of workspace `acme`: the default ones, unless others are given. */
export function providerConfig(
  settings: Partial<ProviderConfig> = {},
): ProviderConfig {
  return {
    id: 'default',
    workspace: 'acme',
    catalogPaths: ['/catalog-info.yaml'],
    fallbackToDefaultBranch: false,
    filters: { exclude: {}, forks: true },
    removals: { maxPercentage: 20 },
    schedule: { frequency: { minutes: 2 }, timeout: { minutes: 30 } },
    pagelen: 100,
    ...settings,
  };
}

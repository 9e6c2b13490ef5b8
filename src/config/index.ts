export { ConfigurationError } from './errors';
export { readIntegrationConfig } from './integration';
export { readProviderConfigs } from './providers';
export type {
  CredentialConfig,
  IntegrationConfig,
  Parsed,
  ProviderConfig,
  RepositoryFilters,
  ValueMatcher,
} from './types';

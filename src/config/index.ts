export { isCalled, readCatalogFileNames } from './catalogFileNames';
export { ConfigurationError } from './errors';
export { sizeInWords } from './fileSize';
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
export { readWebhookSecrets } from './webhooks';

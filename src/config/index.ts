export { isCalled, readCatalogFileNames } from './catalogFileNames';
export { ConfigurationError } from './errors';
export { sizeInWords } from './fileSize';
export { readIntegrationConfig } from './integration';
export { readProviderConfigs } from './providers';
export { recogniseSecret } from './tokenPrefix';
export type {
  CredentialConfig,
  IntegrationConfig,
  Parsed,
  ProviderConfig,
  RepositoryFilters,
  ValueMatcher,
} from './types';
export { readWebhookConfig } from './webhooks';
export type { WebhookConfig } from './webhooks';

import { createServiceRef } from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import { CatalogRules, readCatalogRules } from '../analyzer/catalogRules';
import { readIntegrationConfig } from '../config/integration';
import { catalogFileNamesOf, readProviderConfigs } from '../config/providers';
import { IntegrationConfig, ProviderConfig } from '../config/types';
import { readWebhookConfig, WebhookConfig, webhookKeys } from '../config/webhooks';

/** All that this module reads from the configuration. */
export type Settings = {
  integration: IntegrationConfig;
  providers: ProviderConfig[];
  webhooks: WebhookConfig;
  /** The name of a catalog file that catalog-import looks for, where it is configured. */
  catalogFilename?: string;
  /** What catalog files are called. */
  catalogFileNames: readonly string[];
  rules: CatalogRules;
  /** Where people and hosts reach this Backstage; absent where it is not configured. */
  baseUrls: { app?: string; backend?: string };
  /** Sentences for the log; none holds a secret. */
  warnings: string[];
};

/**
 * Reads the configuration, once per start.
 *
 * @throws ConfigurationError that names the key and the remedy
 */
export function readSettings(config: Config): Settings {
  const integration = readIntegrationConfig(config);
  const providers = readProviderConfigs(config);
  const catalogFilename = config.getOptionalString(
    'catalog.import.entityFilename',
  );
  return {
    integration: integration.value,
    providers: providers.value,
    webhooks: readWebhookConfig(config, webhookKeys('bitbucketCloud')),
    catalogFilename,
    catalogFileNames: catalogFileNamesOf(providers.value, catalogFilename),
    rules: readCatalogRules(config),
    baseUrls: {
      app: config.getOptionalString('app.baseUrl'),
      backend: config.getOptionalString('backend.baseUrl'),
    },
    warnings: [...integration.warnings, ...providers.warnings],
  };
}

/** Hands the settings down that the feature loader has read. */
export const settingsServiceRef = createServiceRef<Settings>({
  id: 'backstage-plugin-catalog-backend-module-bitbucket.settings',
  scope: 'root',
});

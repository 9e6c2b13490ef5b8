import { createServiceRef } from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import { CatalogRules, readCatalogRules } from '../analyzer/catalogRules';
import { readDataCenterIntegrations } from '../config/dataCenterIntegration';
import { readDataCenterProviders } from '../config/dataCenterProviders';
import { readIntegrationConfig } from '../config/integration';
import { catalogFileNamesOf, readProviderConfigs } from '../config/providers';
import {
  DataCenterIntegrationConfig,
  IntegrationConfig,
  Parsed,
  ProviderConfig,
} from '../config/types';
import {
  readWebhookConfig,
  WebhookConfig,
  WebhookKeys,
  webhookKeys,
} from '../config/webhooks';

/** All that is read from the configuration for a product. */
export type Settings = {
  /** Of all hosts of the product. */
  providers: ProviderConfig[];
  webhooks: WebhookConfig;
  webhookKeys: WebhookKeys;
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

type BitbucketCloudSettings = Settings & {
  integration: IntegrationConfig;
};

export type DataCenterSettings = Settings & {
  /** One for each instance. */
  integrations: DataCenterIntegrationConfig[];
};

/**
 * Reads the configuration of Bitbucket Cloud, once per start.
 *
 * @throws ConfigurationError that names the key and the remedy
 */
export function readBitbucketCloudSettings(
  config: Config,
): BitbucketCloudSettings {
  const integration = readIntegrationConfig(config);
  const providers = readProviderConfigs(config);
  const keys = webhookKeys('bitbucketCloud');
  return {
    integration: integration.value,
    ...readSettings(config, keys, providers, integration.warnings),
  };
}

/**
 * Reads the configuration of Bitbucket Data Center, once per start.
 *
 * @throws ConfigurationError that names the key and the remedy
 */
export function readDataCenterSettings(config: Config): DataCenterSettings {
  const integrations = readDataCenterIntegrations(config);
  const providers = readDataCenterProviders(config, integrations.value);
  const keys = webhookKeys('bitbucketServer');
  return {
    integrations: integrations.value,
    ...readSettings(config, keys, providers, integrations.warnings),
  };
}

function readSettings(
  config: Config,
  keys: WebhookKeys,
  providers: Parsed<ProviderConfig[]>,
  warnings: string[],
): Settings {
  const catalogFilename = config.getOptionalString(
    'catalog.import.entityFilename',
  );
  return {
    providers: providers.value,
    webhooks: readWebhookConfig(config, keys),
    webhookKeys: keys,
    catalogFilename,
    catalogFileNames: catalogFileNamesOf(providers.value, catalogFilename),
    rules: readCatalogRules(config),
    baseUrls: {
      app: config.getOptionalString('app.baseUrl'),
      backend: config.getOptionalString('backend.baseUrl'),
    },
    warnings: [...warnings, ...providers.warnings],
  };
}

/** Hands the settings of Bitbucket Cloud down that the feature loader has read. */
export const bitbucketCloudSettingsRef =
  createServiceRef<BitbucketCloudSettings>({
    id: 'backstage-plugin-catalog-backend-module-bitbucket.settings',
    scope: 'root',
  });

/** The settings of Bitbucket Data Center, read the same way. */
export const dataCenterSettingsRef = createServiceRef<DataCenterSettings>({
  id: 'backstage-plugin-catalog-backend-module-bitbucket.data-center.settings',
  scope: 'root',
});

import { BitbucketCloudIntegration } from '@backstage/integration';

/**
 * Sends the stock module, and the URL reader that it relies on, to another
 * address than api.bitbucket.org, the only one that they can be configured for.
 */
export function sendStockModuleTo(apiBaseUrl: string): void {
  const { factory } = BitbucketCloudIntegration;
  BitbucketCloudIntegration.factory = options => {
    const integrations = factory(options);
    for (const { config } of integrations.list()) {
      config.apiBaseUrl = apiBaseUrl;
    }
    return integrations;
  };
}

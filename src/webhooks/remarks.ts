import { Webhook } from '../bitbucket';
import { isSameUrl } from './compare';
import { KnownWebhook } from './WebhookStore';

/**
 * Sentences about webhooks that somebody should delete, as this module never
 * does: those that deliver a second time, and those that were made for a URL
 * which is configured no more.
 *
 * @param urls - that are configured
 */
export function remarksOn(
  webhook: Webhook,
  webhooks: Webhook[],
  known: KnownWebhook[],
  urls: string[],
): string[] {
  const others = webhooks.filter(({ uuid }) => uuid !== webhook.uuid);
  const remarks = others
    .filter(({ url }) => isSameUrl(url, webhook.url))
    .map(
      ({ uuid }) =>
        `Webhook ${uuid} delivers there too; delete it in the settings of the workspace, unless it is needed.`,
    );
  const abandoned = known
    .filter(one => one.isOwn && !urls.some(url => isSameUrl(url, one.url)))
    .filter(one =>
      others.some(
        ({ uuid, url }) => uuid === one.uuid && isSameUrl(url, one.url),
      ),
    )
    .map(
      ({ uuid, url }) =>
        `Webhook ${uuid} was made for ${url}, which is not configured any more; delete it in the settings of the workspace, unless it is needed.`,
    );
  return [...remarks, ...abandoned];
}

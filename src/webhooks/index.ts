export { InstalledWebhooks } from './InstalledWebhooks';
export type { WebhookStatus } from './InstalledWebhooks';

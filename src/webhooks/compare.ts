import { Webhook } from '../bitbucket';
import { EVENTS } from '../events';
import { KnownWebhook } from './WebhookStore';

/** Whether two URLs are the same but for the way they are written. */
export function isSameUrl(one: string, other: string): boolean {
  return normal(one) === normal(other);
}

function normal(url: string): string {
  return (URL.canParse(url) ? new URL(url).href : url).replace(/\/+$/, '');
}

/**
 * The webhook that is to deliver to a URL: one that does so, the remembered one
 * first; or one that was made for it here and has been given another URL since.
 * Anything else belongs to others.
 */
export function findWebhook(
  url: string,
  webhooks: Webhook[],
  known: KnownWebhook[],
): Webhook | undefined {
  const isOneOf = (group: KnownWebhook[]) => (webhook: Webhook) =>
    group.some(({ uuid }) => uuid === webhook.uuid);
  const made = known.filter(one => one.isOwn && isSameUrl(one.url, url));
  const delivering = webhooks.filter(webhook => isSameUrl(webhook.url, url));
  return (
    delivering.find(isOneOf(known)) ??
    delivering[0] ??
    webhooks.find(isOneOf(made))
  );
}

/** What keeps a webhook from telling all there is to know, each to follow "it". */
export function faultsOf(webhook: Webhook, url: string): string[] {
  const missing = missingEvents(webhook);
  return [
    ...(isSameUrl(webhook.url, url) ? [] : ['delivered elsewhere']),
    ...(webhook.isActive ? [] : ['was disabled']),
    ...(missing.length > 0 ? [`did not tell of ${missing.join(', ')}`] : []),
    ...(webhook.hasSecret ? [] : ['had no secret']),
  ];
}

/** The events of a webhook, and those that it lacks. */
export function allEvents(webhook: Webhook): string[] {
  return [...webhook.events, ...missingEvents(webhook)];
}

function missingEvents({ events }: Webhook): string[] {
  return EVENTS.filter(event => !events.includes(event));
}

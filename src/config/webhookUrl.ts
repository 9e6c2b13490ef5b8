import { Config } from '@backstage/config';
import { z } from 'zod';
import { isLoopback } from './loopback';
import { ConfigValue, parsedBy, Problem } from './schema';
import { ProviderConfig } from './types';
import { parseTrimmedText, UNSET_VARIABLE_HINT } from './values';
import { SECRET_KEY } from './webhooks';

/** Where the events backend takes deliveries. */
const INGRESS = '/api/events/http/bitbucketCloud';
const EXAMPLE = `https://backstage.example.com${INGRESS}`;

/** `webhooks` of a provider. */
export const webhooksSchema = z.object(
  {
    url: parsedBy(
      parseWebhookUrl,
      `is missing. Write for example ${EXAMPLE}, or take webhooks out. ${UNSET_VARIABLE_HINT}`,
    ),
  },
  { message: 'must be a map with the key url.' },
);

export const webhooksKeys = Object.keys(webhooksSchema.shape);

type Webhooks = Pick<ProviderConfig, 'webhooks'>;

/** A problem where the webhook would deliver without a signature. */
export function webhookNeedsSecret(
  key: string,
  { webhooks }: Webhooks,
  config: Config,
): string[] {
  return webhooks && !config.has(SECRET_KEY)
    ? [
        `${key}.webhooks.url installs a webhook, which needs a secret that deliveries are signed with. Set ${SECRET_KEY}, for example to what this prints: openssl rand -hex 32. ${UNSET_VARIABLE_HINT}`,
      ]
    : [];
}

/** A warning where nothing of this module listens, unless a proxy sees to it. */
export function warnOfWebhookUrl(
  key: string,
  { webhooks }: Webhooks,
): string[] {
  return webhooks && !webhooks.url.endsWith(INGRESS)
    ? [
        `${key}.webhooks.url does not end in ${INGRESS}, where deliveries are taken. Write for example ${EXAMPLE}, unless a proxy leads there.`,
      ]
    : [];
}

/** Messages do not show the URL, since it may hold a password. */
function parseWebhookUrl(value: ConfigValue): string {
  const text = parseTrimmedText(value);
  if (!URL.canParse(text)) {
    throw new Problem(`is not a URL. Write for example ${EXAMPLE}.`);
  }
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new Problem('must begin with https://.');
  }
  if (url.protocol === 'http:' && !isLoopback(url)) {
    throw new Problem(
      'must begin with https://, since deliveries tell of private repositories. http:// is accepted for localhost, 127.0.0.1 and [::1] only.',
    );
  }
  if (url.username || url.password) {
    throw new Problem(
      `must not hold a user name or a password: deliveries are signed with ${SECRET_KEY}.`,
    );
  }
  if (url.search || url.hash) {
    throw new Problem(
      'must end with its path: take out everything from the first ? or # on.',
    );
  }
  return url.href.replace(/\/+$/, '');
}

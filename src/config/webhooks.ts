import { Config } from '@backstage/config';
import { z } from 'zod';
import { isLoopback } from './integrationSection';
import {
  ConfigurationError,
  ConfigValue,
  parseBoolean,
  parsedBy,
  parseTrimmedText,
  Problem,
  UNSET_VARIABLE_HINT,
} from './schema';
import { ProviderConfig } from './types';

/** Where the configuration has what is about the webhooks of a product, and where it delivers. */
export type WebhookKeys = {
  /** The secrets that deliveries are signed with. */
  secret: string;
  /** Whether deliveries are accepted without a signature. */
  unsigned: string;
  /** The path at which the events backend takes deliveries. */
  ingress: string;
};

/** @param module - the name of the product in `events.modules` */
export function webhookKeys(
  module: 'bitbucketCloud' | 'bitbucketServer',
): WebhookKeys {
  return {
    secret: `events.modules.${module}.webhookSecret`,
    unsigned: `events.modules.${module}.allowUnsigned`,
    ingress: `/api/events/http/${module}`,
  };
}

/** Whose deliveries are accepted. */
export type WebhookConfig = {
  /** That they may be signed with; none where there is no webhook. */
  secrets: string[];
  /** Whether anyone's are, without a signature. */
  allowUnsigned: boolean;
};

/**
 * Whose deliveries of webhooks are accepted.
 *
 * @throws ConfigurationError that names the key and the remedy
 */
export function readWebhookConfig(
  config: Config,
  keys: WebhookKeys,
): WebhookConfig {
  const secrets = readWebhookSecrets(config, keys);
  const allowUnsigned = readAllowUnsigned(config, keys);
  if (allowUnsigned && secrets.length > 0) {
    throw new ConfigurationError([
      `${keys.unsigned} accepts deliveries without a signature, so that ${keys.secret} has no effect. Remove ${keys.unsigned}, so that deliveries have to be signed.`,
    ]);
  }
  return { secrets, allowUnsigned };
}

/** Bitbucket takes no longer one. */
const MAX_LENGTH = 128;

/**
 * The secrets that deliveries of webhooks may be signed with: one or, while it is being
 * replaced, a list. Empty where there is none.
 *
 * @throws ConfigurationError that names the key and the remedy
 */
function readWebhookSecrets(
  config: Config,
  { secret: secretKey }: WebhookKeys,
): string[] {
  const written = config.getOptional<ConfigValue>(secretKey);
  if (written === undefined) {
    return [];
  }
  const problems: string[] = [];
  const secrets = [written].flat().flatMap((value, index) => {
    try {
      return parseSecret(value);
    } catch (error) {
      if (!(error instanceof Problem)) {
        throw error;
      }
      const key = Array.isArray(written) ? `${secretKey}[${index}]` : secretKey;
      problems.push(`${key} ${error.message}`);
      return [];
    }
  });
  if (problems.length > 0) {
    throw new ConfigurationError(problems);
  }
  if (secrets.length === 0) {
    throw new ConfigurationError([
      `${secretKey} is an empty list, so that no delivery could be accepted. Add a secret, or remove the key.`,
    ]);
  }
  return secrets;
}

function readAllowUnsigned(config: Config, { unsigned }: WebhookKeys): boolean {
  const written = config.getOptional<ConfigValue>(unsigned);
  if (written === undefined) {
    return false;
  }
  try {
    return parseBoolean(written);
  } catch (error) {
    if (!(error instanceof Problem)) {
      throw error;
    }
    throw new ConfigurationError([`${unsigned} ${error.message}`]);
  }
}

function parseSecret(value: ConfigValue): string {
  const secret = parseTrimmedText(value);
  if (secret.length > MAX_LENGTH) {
    throw new Problem(
      `has ${secret.length} characters, and Bitbucket accepts no more than ${MAX_LENGTH}. Create a shorter one, for example with: openssl rand -hex 32`,
    );
  }
  return secret;
}

const exampleOf = ({ ingress }: WebhookKeys) =>
  `https://backstage.example.com${ingress}`;

/** `webhooks` of a provider. */
export const webhooksSchemaFor = (keys: WebhookKeys) =>
  z.object(
    {
      url: parsedBy(
        value => parseWebhookUrl(value, keys),
        `is missing. Write for example ${exampleOf(keys)}, or remove webhooks. ${UNSET_VARIABLE_HINT}`,
      ),
    },
    { message: 'must be a map with the key url.' },
  );

export const webhooksKeys = ['url'];

type Webhooks = Pick<ProviderConfig, 'webhooks'>;

/** A problem where the webhook would deliver without a signature. */
export function webhookNeedsSecret(
  key: string,
  { webhooks }: Webhooks,
  { secret }: WebhookKeys,
  config: Config,
): string[] {
  return webhooks && !config.has(secret)
    ? [
        `${key}.webhooks.url installs a webhook, which needs a secret that deliveries are signed with. Set ${secret}, for example to the output of: openssl rand -hex 32. ${UNSET_VARIABLE_HINT}`,
      ]
    : [];
}

/** A warning where nothing of this module listens, unless a proxy forwards to this module. */
export function warnOfWebhookUrl(
  key: string,
  { webhooks }: Webhooks,
  keys: WebhookKeys,
): string[] {
  return webhooks && !webhooks.url.endsWith(keys.ingress)
    ? [
        `${key}.webhooks.url does not end in ${keys.ingress}, where deliveries are accepted. Write for example ${exampleOf(keys)}, unless a proxy leads there.`,
      ]
    : [];
}

/** Messages do not show the URL, since it may hold a password. */
function parseWebhookUrl(value: ConfigValue, keys: WebhookKeys): string {
  const text = parseTrimmedText(value);
  if (!URL.canParse(text)) {
    throw new Problem(`is not a URL. Write for example ${exampleOf(keys)}.`);
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
      `must not hold a user name or a password: deliveries are signed with ${keys.secret}.`,
    );
  }
  if (url.search || url.hash) {
    throw new Problem(
      'must end with its path: remove everything from the first ? or # on.',
    );
  }
  return url.href.replace(/\/+$/, '');
}

import { Config } from '@backstage/config';
import { ConfigurationError } from './errors';
import { ConfigValue, Problem } from './schema';
import { parseBoolean, parseTrimmedText } from './values';

/** Where the secrets are in the configuration. */
export const SECRET_KEY = 'events.modules.bitbucketCloud.webhookSecret';
const UNSIGNED_KEY = 'events.modules.bitbucketCloud.allowUnsigned';

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
export function readWebhookConfig(config: Config): WebhookConfig {
  const secrets = readWebhookSecrets(config);
  const allowUnsigned = readAllowUnsigned(config);
  if (allowUnsigned && secrets.length > 0) {
    throw new ConfigurationError([
      `${UNSIGNED_KEY} accepts deliveries of anyone, for which ${SECRET_KEY} is not needed. Take ${UNSIGNED_KEY} out, so that deliveries have to be signed.`,
    ]);
  }
  return { secrets, allowUnsigned };
}

/** Bitbucket takes no longer one. */
const MAX_LENGTH = 128;

/**
 * The secrets that deliveries of webhooks may be signed with:
 * `events.modules.bitbucketCloud.webhookSecret`, one or, while it is being
 * replaced, a list. Empty where there is none.
 *
 * @throws ConfigurationError that names the key and the remedy
 */
function readWebhookSecrets(config: Config): string[] {
  const written = config.getOptional<ConfigValue>(SECRET_KEY);
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
      const key = Array.isArray(written)
        ? `${SECRET_KEY}[${index}]`
        : SECRET_KEY;
      problems.push(`${key} ${error.message}`);
      return [];
    }
  });
  if (problems.length > 0) {
    throw new ConfigurationError(problems);
  }
  if (secrets.length === 0) {
    throw new ConfigurationError([
      `${SECRET_KEY} is an empty list, with which no delivery could be accepted. Put a secret into it, or take the key out.`,
    ]);
  }
  return secrets;
}

function readAllowUnsigned(config: Config): boolean {
  const written = config.getOptional<ConfigValue>(UNSIGNED_KEY);
  if (written === undefined) {
    return false;
  }
  try {
    return parseBoolean(written);
  } catch (error) {
    if (!(error instanceof Problem)) {
      throw error;
    }
    throw new ConfigurationError([`${UNSIGNED_KEY} ${error.message}`]);
  }
}

function parseSecret(value: ConfigValue): string {
  const secret = parseTrimmedText(value);
  if (secret.length > MAX_LENGTH) {
    throw new Problem(
      `has ${secret.length} characters, and Bitbucket takes no more than ${MAX_LENGTH}. Make up a shorter one, for example with: openssl rand -hex 32`,
    );
  }
  return secret;
}

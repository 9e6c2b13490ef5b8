import { Config } from '@backstage/config';
import { ConfigurationError } from './errors';
import { ConfigValue, Problem } from './schema';
import { parseTrimmedText } from './values';

/** Where the secrets are in the configuration. */
export const SECRET_KEY = 'events.modules.bitbucketCloud.webhookSecret';

/** Bitbucket takes no longer one. */
const MAX_LENGTH = 128;

/**
 * The secrets that deliveries of webhooks may be signed with:
 * `events.modules.bitbucketCloud.webhookSecret`, one or, while it is being
 * replaced, a list. Empty where there is none.
 *
 * @throws ConfigurationError that names the key and the remedy
 */
export function readWebhookSecrets(config: Config): string[] {
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

function parseSecret(value: ConfigValue): string {
  const secret = parseTrimmedText(value);
  if (secret.length > MAX_LENGTH) {
    throw new Problem(
      `has ${secret.length} characters, and Bitbucket takes no more than ${MAX_LENGTH}. Make up a shorter one, for example with: openssl rand -hex 32`,
    );
  }
  return secret;
}

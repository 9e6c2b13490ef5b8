import { Config } from '@backstage/config';
import { ConfigurationError } from './errors';
import { ConfigValue, Problem } from './schema';
import { parseTrimmedText } from './values';

const KEY = 'events.modules.bitbucketCloud.webhookSecret';

/**
 * The secrets that deliveries of webhooks may be signed with:
 * `events.modules.bitbucketCloud.webhookSecret`, one or, while it is being
 * replaced, a list. Empty where there is none.
 *
 * @throws ConfigurationError that names the key and the remedy
 */
export function readWebhookSecrets(config: Config): string[] {
  const written = config.getOptional<ConfigValue>(KEY);
  if (written === undefined) {
    return [];
  }
  const problems: string[] = [];
  const secrets = [written].flat().flatMap((value, index) => {
    try {
      return parseTrimmedText(value);
    } catch (error) {
      if (!(error instanceof Problem)) {
        throw error;
      }
      const key = Array.isArray(written) ? `${KEY}[${index}]` : KEY;
      problems.push(`${key} ${error.message}`);
      return [];
    }
  });
  if (problems.length > 0) {
    throw new ConfigurationError(problems);
  }
  if (secrets.length === 0) {
    throw new ConfigurationError([
      `${KEY} is an empty list, with which no delivery could be accepted. Put a secret into it, or take the key out.`,
    ]);
  }
  return secrets;
}

import { CredentialConfig } from '../config';
import { explainForbidden } from './explainForbidden';
import { explainUnauthorized } from './explainUnauthorized';
import { Refusal } from './types';

/**
 * Says in a sentence or two why Bitbucket refused a request, and what a person
 * can do about it. Holds nothing secret, and nothing of Bitbucket's own message,
 * which the client's error carries beside it.
 */
export function explainRefusal(
  config: CredentialConfig,
  refusal: Refusal,
): string {
  return refusal.status === 403
    ? explainForbidden(config, refusal)
    : explainUnauthorized(config);
}

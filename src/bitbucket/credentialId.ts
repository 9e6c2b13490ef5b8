import { createHash } from 'node:crypto';
import { CredentialConfig } from '../config';

/**
 * A name of a credential for a database: the same in every process, and not to
 * be read back. API tokens and app passwords go by their user, whose requests
 * Bitbucket counts together.
 */
export function credentialId(credential: CredentialConfig): string {
  if (credential.kind === 'anonymous') {
    return 'anonymous';
  }
  return createHash('sha256')
    .update(`${credential.kind} ${identityOf(credential)}`)
    .digest('hex')
    .slice(0, 16);
}

function identityOf(
  credential: Exclude<CredentialConfig, { kind: 'anonymous' }>,
): string {
  switch (credential.kind) {
    case 'oauth':
      return credential.clientId;
    case 'accessToken':
      return credential.token;
    default:
      return credential.username;
  }
}

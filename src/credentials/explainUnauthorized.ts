import { CredentialConfig, recogniseSecret } from '../config';
import { ADVICE, KEYS } from './keys';

const APP_PASSWORDS_ARE_GONE =
  'Atlassian removed app passwords on 28 July 2026';

/** Why a credential is no longer, or never was, one that Bitbucket knows (401). */
export function explainUnauthorized(config: CredentialConfig): string {
  switch (config.kind) {
    case 'apiToken':
      return explainApiToken(config);
    case 'accessToken':
      return explainAccessToken(config);
    case 'appPassword':
      return explainAppPassword(config);
    case 'oauth':
      return `Bitbucket refuses the access tokens of the OAuth consumer in ${KEYS.consumer}. See under "OAuth consumers" in the settings of the workspace whether it is still there and has the permissions it needs.`;
    case 'anonymous':
      return `Bitbucket asks for a credential, and none is configured. Set ${ADVICE.apiToken}, or ${ADVICE.accessToken}.`;
  }
}

function explainApiToken(config: { username: string; token: string }): string {
  const made = recogniseSecret(config.token);
  if (made === 'accessToken') {
    return `${KEYS.token} is an access token, which goes without a user name. Remove ${KEYS.username}.`;
  }
  if (made === 'appPassword') {
    return `${KEYS.token} is an app password, and ${APP_PASSWORDS_ARE_GONE}. Set ${ADVICE.apiToken}.`;
  }
  if (!config.username.includes('@')) {
    return `${KEYS.username} is no e-mail, and an API token goes with the e-mail of its Atlassian account, not with a Bitbucket user name. Write the e-mail there; if the token is an access token, remove ${KEYS.username}.`;
  }
  return `The API token in ${KEYS.token} has expired (each does within a year), was revoked, belongs to another account than ${config.username}, or was created without scopes, as account API keys are, which Bitbucket does not take. Create an API token with scopes for the app Bitbucket at https://id.atlassian.com/manage-profile/security/api-tokens.`;
}

function explainAccessToken(config: { token: string }): string {
  const made = recogniseSecret(config.token);
  if (made === 'apiToken') {
    return `${KEYS.token} is an API token, which needs an e-mail beside it. Set ${KEYS.username} to the e-mail of its Atlassian account.`;
  }
  if (made === 'appPassword') {
    return `${KEYS.token} is an app password, and ${APP_PASSWORDS_ARE_GONE}. Set ${ADVICE.apiToken}.`;
  }
  return `The access token in ${KEYS.token} has expired, was revoked, or is no access token. Create a new one under "Access tokens" in the settings of the repository, project or workspace; if it is an API token, set ${KEYS.username} to the e-mail of its Atlassian account.`;
}

function explainAppPassword(config: { appPassword: string }): string {
  const made = recogniseSecret(config.appPassword);
  if (made === 'apiToken') {
    return `${KEYS.appPassword} is an API token. Move it to ${KEYS.token}, and set ${KEYS.username} to the e-mail of its Atlassian account.`;
  }
  if (made === 'accessToken') {
    return `${KEYS.appPassword} is an access token. Move it to ${KEYS.token}, and remove ${KEYS.username}.`;
  }
  return `${KEYS.appPassword} is refused, since ${APP_PASSWORDS_ARE_GONE}. Set ${ADVICE.apiToken}, or ${ADVICE.accessToken}.`;
}

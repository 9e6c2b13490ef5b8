import { z } from 'zod';
import { recogniseSecret } from '../../../config/chooseCredential';
import { CredentialConfig } from '../../../config/types';
import { CredentialError } from '../../../http/authorization';
import { PullRequestTask, pullRequestScopes } from './pullRequestScopes';

/** What Bitbucket answered when it refused a request. */
export type Refusal = {
  status: number;
  /** Bitbucket's own message, if there was one. */
  message?: string;
  /** Scopes that the endpoint asks for (403). */
  required?: string[];
  /** Scopes that the credential has (403). */
  granted?: string[];
  /** What was to be done with a pull request. */
  task?: PullRequestTask;
};

/** The entry of the configuration that messages send a reader to. */
const ENTRY = 'integrations.bitbucketCloud[0]';

/** The keys that sign requests, as messages name them. */
const KEYS = {
  username: `${ENTRY}.username`,
  token: `${ENTRY}.token`,
  appPassword: `${ENTRY}.appPassword`,
  consumer: `${ENTRY}.clientId and ${ENTRY}.clientSecret`,
} as const;

/** How to make a credential that works, in words that follow a verb or a colon. */
const ADVICE = {
  apiToken: `an API token with scopes in ${KEYS.token} and the e-mail of its Atlassian account in ${KEYS.username}`,
  accessToken: `a repository, project or workspace access token in ${KEYS.token} without ${KEYS.username}`,
} as const;

type Signed = Exclude<CredentialConfig['kind'], 'anonymous'>;

const NAMES: Record<Signed, string> = {
  apiToken: `The API token in ${KEYS.token}`,
  accessToken: `The access token in ${KEYS.token}`,
  appPassword: `The app password in ${KEYS.appPassword}`,
  oauth: `The OAuth consumer in ${KEYS.consumer}`,
};

const HOW_TO_ADD_SCOPES: Record<Signed, string> = {
  apiToken:
    'Create an API token with these scopes: those of an existing one cannot be changed.',
  accessToken:
    'Create an access token with these scopes: those of an existing one cannot be changed.',
  appPassword: `Set ${ADVICE.apiToken}.`,
  oauth:
    'Tick the permissions of the consumer under "OAuth consumers" in the settings of the workspace.',
};

const HOW_TO_GIVE_ACCESS: Record<Signed, string> = {
  apiToken: `Give the account ${KEYS.username} access to the workspace and its repositories.`,
  accessToken:
    'Create it in the settings of the workspace: one of a repository or project gives access to nothing else.',
  appPassword: `Give the account ${KEYS.username} access to the workspace and its repositories.`,
  oauth:
    'Create it in the settings of the workspace that is read: it gives access to no other.',
};

/** Why a credential that Bitbucket knows may not do what was asked (403). */
function explainForbidden(
  { kind }: CredentialConfig,
  { required = [], granted = [], task }: Refusal,
): string {
  if (kind === 'anonymous') {
    return `Bitbucket does not show this to everyone, and no credential is configured. Set ${ADVICE.apiToken}, or ${ADVICE.accessToken}.`;
  }
  const scope = task && pullRequestScopes(kind)[task];
  if (!required.length) {
    const taken = scope ? ` It needs the scope ${scope} for that.` : '';
    return `${NAMES[kind]} is valid, but has no access to this.${taken} ${HOW_TO_GIVE_ACCESS[kind]}`;
  }
  const needed = [...new Set([...required, ...(scope ? [scope] : [])])];
  return `${NAMES[kind]} lacks a scope (required: ${list(needed)}; granted: ${list(granted)}). ${HOW_TO_ADD_SCOPES[kind]}`;
}

function list(scopes: string[]): string {
  return scopes.join(', ') || 'none';
}

const APP_PASSWORDS_ARE_GONE =
  'Atlassian removed app passwords on 28 July 2026';

/** Why Bitbucket does not know a credential, or does not know it any longer (401). */
function explainUnauthorized(config: CredentialConfig): string {
  switch (config.kind) {
    case 'apiToken':
      return explainApiToken(config);
    case 'accessToken':
      return explainAccessToken(config);
    case 'appPassword':
      return explainAppPassword(config);
    case 'oauth':
      return `Bitbucket refuses the access tokens of the OAuth consumer in ${KEYS.consumer}. Check under "OAuth consumers" in the settings of the workspace that it still exists and has the permissions it needs.`;
    case 'anonymous':
      return `Bitbucket asks for a credential, and none is configured. Set ${ADVICE.apiToken}, or ${ADVICE.accessToken}.`;
  }
}

function explainApiToken(config: { username: string; token: string }): string {
  const made = recogniseSecret(config.token);
  if (made === 'accessToken') {
    return `${KEYS.token} is an access token, which is used without a user name. Remove ${KEYS.username}.`;
  }
  if (made === 'appPassword') {
    return `${KEYS.token} is an app password, and ${APP_PASSWORDS_ARE_GONE}. Set ${ADVICE.apiToken}.`;
  }
  if (!config.username.includes('@')) {
    return `${KEYS.username} is not an e-mail address, and an API token needs the e-mail of its Atlassian account, not a Bitbucket user name. Set it to that e-mail; if the token is an access token, remove ${KEYS.username}.`;
  }
  return `The API token in ${KEYS.token} has expired (each does within a year), was revoked, belongs to another account than ${config.username}, or was created without scopes, as account API keys are, which Bitbucket does not accept. Create an API token with scopes for the app Bitbucket at https://id.atlassian.com/manage-profile/security/api-tokens.`;
}

function explainAccessToken(config: { token: string }): string {
  const made = recogniseSecret(config.token);
  if (made === 'apiToken') {
    return `${KEYS.token} is an API token, which needs an e-mail. Set ${KEYS.username} to the e-mail of its Atlassian account.`;
  }
  if (made === 'appPassword') {
    return `${KEYS.token} is an app password, and ${APP_PASSWORDS_ARE_GONE}. Set ${ADVICE.apiToken}.`;
  }
  return `The access token in ${KEYS.token} has expired, was revoked, or is not an access token. Create a new one under "Access tokens" in the settings of the repository, project or workspace; if it is an API token, set ${KEYS.username} to the e-mail of its Atlassian account.`;
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

/** Codes of https://www.rfc-editor.org/rfc/rfc6749#section-5.2 that say what to fix. */
const refusalSchema = z.object({
  error: z.enum(['invalid_grant', 'invalid_client', 'unauthorized_client']),
});

/**
 * Says why the token endpoint gave no token. Of its answer only known codes are
 * shown, as free text might repeat what was sent.
 */
export function explainTokenRefusal(
  tokenUrl: string,
  status: number,
  answer: unknown,
): CredentialError {
  const { data: refusal } = refusalSchema.safeParse(answer);
  const what = `Could not obtain an OAuth token: ${tokenUrl} answered ${status}${
    refusal ? ` ${refusal.error}` : ''
  }.`;
  if (status === 400 && refusal?.error === 'invalid_grant') {
    return new CredentialError(
      `${what} The consumer of ${KEYS.consumer} is not private: edit it under "OAuth consumers" in the settings of the workspace and tick "This is a private consumer".`,
      { status, retryable: false },
    );
  }
  if (status === 401 || refusal) {
    return new CredentialError(
      `${what} ${KEYS.consumer} are not the key and secret of a consumer: copy both again from "OAuth consumers" in the settings of the workspace.`,
      { status, retryable: false },
    );
  }
  if (status === 429 || status >= 500) {
    return new CredentialError(
      `${what} Bitbucket is overloaded or has an outage: see https://bitbucket.status.atlassian.com.`,
      { status, retryable: true },
    );
  }
  return new CredentialError(
    `${what} Check apiBaseUrl, if it is set, and any proxy in between.`,
    { status, retryable: false },
  );
}

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

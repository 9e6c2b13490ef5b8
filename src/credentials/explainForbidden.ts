import { CredentialConfig } from '../config';
import { ADVICE, KEYS } from './keys';
import { CredentialKind, Refusal } from './types';

type Signed = Exclude<CredentialKind, 'anonymous'>;

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
    'Create it in the settings of the workspace: that of a repository or project reaches nothing else.',
  appPassword: `Give the account ${KEYS.username} access to the workspace and its repositories.`,
  oauth:
    'Create it in the settings of the workspace that is read: it reaches no other.',
};

/** Why a credential that Bitbucket knows may not do what was asked (403). */
export function explainForbidden(
  { kind }: CredentialConfig,
  { required = [], granted = [] }: Refusal,
): string {
  if (kind === 'anonymous') {
    return `Bitbucket does not show this to everyone, and no credential is configured. Set ${ADVICE.apiToken}, or ${ADVICE.accessToken}.`;
  }
  if (!required.length) {
    return `${NAMES[kind]} is valid, but has no access to this. ${HOW_TO_GIVE_ACCESS[kind]}`;
  }
  return `${NAMES[kind]} lacks a scope (required: ${list(required)}; granted: ${list(granted)}). ${HOW_TO_ADD_SCOPES[kind]}`;
}

function list(scopes: string[]): string {
  return scopes.join(', ') || 'none';
}

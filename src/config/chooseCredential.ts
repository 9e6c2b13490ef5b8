import { ConfigMap, UNSET_VARIABLE_HINT } from './schema';
import { CredentialConfig, Parsed } from './types';

/** What a secret was made as, as far as its public prefix tells. */
type SecretKind = 'apiToken' | 'accessToken' | 'appPassword';

/**
 * The prefixes that Atlassian confirmed in
 * https://community.atlassian.com/forums/Bitbucket-questions/Can-we-confirm-BitBucket-s-token-prefixes/qaq-p/3093481
 */
const PREFIXES: Record<string, SecretKind> = {
  ATAT: 'apiToken',
  ATCT: 'accessToken',
  ATBB: 'appPassword',
};

/** Recognises a secret by its prefix; undefined where it has no known prefix. */
export function recogniseSecret(secret: string): SecretKind | undefined {
  return PREFIXES[secret.slice(0, 4)];
}

/** The keys that can sign requests, parsed: none is blank. */
type CredentialKeys = {
  username?: string;
  token?: string;
  appPassword?: string;
  clientId?: string;
  clientSecret?: string;
};

const USE_INSTEAD =
  'create an API token with scopes and set username to the e-mail of the Atlassian account and token to the API token, or set an access token as token, without username';

/**
 * The problems of an entry that has one key of a credential and lacks the other. Only the
 * presence of keys counts, not their values, so that blank values are reported as well.
 */
export function findIncompleteCredentials(
  key: string,
  entry: ConfigMap,
): string[] {
  const has = (name: keyof CredentialKeys) => entry[name] !== undefined;
  const problems: string[] = [];
  if (has('clientId') && !has('clientSecret')) {
    problems.push(
      `${key}.clientSecret is missing: clientId needs it. Add the secret of the OAuth consumer, or remove clientId. ${UNSET_VARIABLE_HINT}`,
    );
  }
  if (has('clientSecret') && !has('clientId')) {
    problems.push(
      `${key}.clientId is missing: clientSecret needs it. Add the key of the OAuth consumer, or remove clientSecret. ${UNSET_VARIABLE_HINT}`,
    );
  }
  if (has('username') && !has('token') && !has('appPassword')) {
    problems.push(
      `${key}.token is missing: username needs it. Add an API token with scopes, or remove username. ${UNSET_VARIABLE_HINT}`,
    );
  }
  if (
    has('appPassword') &&
    !has('username') &&
    !has('token') &&
    !(has('clientId') && has('clientSecret'))
  ) {
    problems.push(
      `${key}.username is missing: appPassword needs it. Atlassian removed app passwords on 28 July 2026, though: ${USE_INSTEAD}. ${UNSET_VARIABLE_HINT}`,
    );
  }
  return problems;
}

/**
 * The credential that requests are signed with: an OAuth consumer before a
 * token before an app password.
 *
 * @see https://support.atlassian.com/bitbucket-cloud/docs/api-tokens/
 * @see https://support.atlassian.com/bitbucket-cloud/docs/access-tokens/
 */
export function chooseCredential(
  key: string,
  keys: CredentialKeys,
): Parsed<CredentialConfig> {
  const { username, token, appPassword, clientId, clientSecret } = keys;
  if (clientId && clientSecret) {
    return {
      value: { kind: 'oauth', clientId, clientSecret },
      warnings: (['token', 'appPassword'] as const)
        .filter(name => keys[name])
        .map(
          name =>
            `${key}.${name} has no effect: clientId and clientSecret take precedence. Remove the keys that you do not need.`,
        ),
    };
  }
  if (token) {
    return {
      value: username
        ? { kind: 'apiToken', username, token }
        : { kind: 'accessToken', token },
      warnings: [
        ...warnOfToken(key, token, username),
        ...(appPassword
          ? [
              `${key}.appPassword has no effect: token takes precedence. Remove it.`,
            ]
          : []),
      ],
    };
  }
  if (username && appPassword) {
    return {
      value: { kind: 'appPassword', username, appPassword },
      warnings: [warnOfAppPassword(key, appPassword)],
    };
  }
  return { value: { kind: 'anonymous' }, warnings: [] };
}

/** A warning where the prefix of a token shows that it needs other keys beside it. */
function warnOfToken(
  key: string,
  token: string,
  username: string | undefined,
): string[] {
  const made = recogniseSecret(token);
  if (made === 'apiToken' && username === undefined) {
    return [
      `${key}.token is an API token, which Bitbucket accepts only together with the e-mail of its Atlassian account. Set ${key}.username to that e-mail.`,
    ];
  }
  if (made === 'accessToken' && username !== undefined) {
    return [
      `${key}.token is an access token, which Bitbucket accepts only without a user name. Remove ${key}.username.`,
    ];
  }
  if (made === 'appPassword') {
    return [
      `${key}.token is an app password. Atlassian removed app passwords on 28 July 2026 and refuses them. Replace it: ${USE_INSTEAD}.`,
    ];
  }
  return [];
}

function warnOfAppPassword(key: string, appPassword: string): string {
  switch (recogniseSecret(appPassword)) {
    case 'apiToken':
      return `${key}.appPassword is an API token, not an app password. Rename the key appPassword to token, and set username to the e-mail of the Atlassian account that the token belongs to.`;
    case 'accessToken':
      return `${key}.appPassword is an access token, not an app password. Rename the key appPassword to token, and remove username.`;
    default:
      return `${key}.appPassword is sent, but Atlassian removed app passwords on 28 July 2026 and refuses them. Replace it: ${USE_INSTEAD}.`;
  }
}

import { CredentialConfig } from '../../../config/types';
import { explainRefusal } from './explainRefusal';

const ENTRY = 'integrations.bitbucketCloud[0]';
const SET_API_TOKEN = `an API token with scopes in ${ENTRY}.token and the e-mail of its Atlassian account in ${ENTRY}.username`;
const SET_ACCESS_TOKEN = `a repository, project or workspace access token in ${ENTRY}.token without ${ENTRY}.username`;

const apiToken = (username: string, token: string): CredentialConfig => ({
  kind: 'apiToken',
  username,
  token,
});
const accessToken = (token: string): CredentialConfig => ({
  kind: 'accessToken',
  token,
});
const appPassword = (secret: string): CredentialConfig => ({
  kind: 'appPassword',
  username: 'jane',
  appPassword: secret,
});
const oauth: CredentialConfig = {
  kind: 'oauth',
  clientId: 'key',
  clientSecret: 'secret',
};

describe('explainRefusal of a 401', () => {
  it.each<[string, CredentialConfig, string]>([
    [
      'a user name where an e-mail belongs',
      apiToken('jane', 'ATATT3x'),
      `${ENTRY}.username is not an e-mail address, and an API token needs the e-mail of its Atlassian account, not a Bitbucket user name. Set it to that e-mail; if the token is an access token, remove ${ENTRY}.username.`,
    ],
    [
      'an expired, foreign or unscoped API token',
      apiToken('jane@example.com', 'ATATT3x'),
      `The API token in ${ENTRY}.token has expired (each does within a year), was revoked, belongs to another account than jane@example.com, or was created without scopes, as account API keys are, which Bitbucket does not accept. Create an API token with scopes for the app Bitbucket at https://id.atlassian.com/manage-profile/security/api-tokens.`,
    ],
    [
      'an access token with a user name',
      apiToken('x-token-auth', 'ATCTT3x'),
      `${ENTRY}.token is an access token, which is used without a user name. Remove ${ENTRY}.username.`,
    ],
    [
      'an app password as token',
      apiToken('jane', 'ATBBx'),
      `${ENTRY}.token is an app password, and Atlassian removed app passwords on 28 July 2026. Set ${SET_API_TOKEN}.`,
    ],
    [
      'an expired access token',
      accessToken('ATCTT3x'),
      `The access token in ${ENTRY}.token has expired, was revoked, or is not an access token. Create a new one under "Access tokens" in the settings of the repository, project or workspace; if it is an API token, set ${ENTRY}.username to the e-mail of its Atlassian account.`,
    ],
    [
      'an API token without an e-mail',
      accessToken('ATATT3x'),
      `${ENTRY}.token is an API token, which needs an e-mail. Set ${ENTRY}.username to the e-mail of its Atlassian account.`,
    ],
    [
      'an app password alone as token',
      accessToken('ATBBx'),
      `${ENTRY}.token is an app password, and Atlassian removed app passwords on 28 July 2026. Set ${SET_API_TOKEN}.`,
    ],
    [
      'a removed app password',
      appPassword('ATBBx'),
      `${ENTRY}.appPassword is refused, since Atlassian removed app passwords on 28 July 2026. Set ${SET_API_TOKEN}, or ${SET_ACCESS_TOKEN}.`,
    ],
    [
      'an API token as app password',
      appPassword('ATATT3x'),
      `${ENTRY}.appPassword is an API token. Move it to ${ENTRY}.token, and set ${ENTRY}.username to the e-mail of its Atlassian account.`,
    ],
    [
      'an access token as app password',
      appPassword('ATCTT3x'),
      `${ENTRY}.appPassword is an access token. Move it to ${ENTRY}.token, and remove ${ENTRY}.username.`,
    ],
    [
      'an OAuth consumer',
      oauth,
      `Bitbucket refuses the access tokens of the OAuth consumer in ${ENTRY}.clientId and ${ENTRY}.clientSecret. Check under "OAuth consumers" in the settings of the workspace that it still exists and has the permissions it needs.`,
    ],
    [
      'no credential',
      { kind: 'anonymous' },
      `Bitbucket asks for a credential, and none is configured. Set ${SET_API_TOKEN}, or ${SET_ACCESS_TOKEN}.`,
    ],
  ])('recognises %s', (_, config, explanation) => {
    expect(explainRefusal(config, { status: 401 })).toBe(explanation);
  });
});

describe('explainRefusal of a 403', () => {
  const scopes = {
    status: 403,
    message: 'Your credentials lack one or more required privilege scopes.',
    required: ['read:repository:bitbucket', 'read:project:bitbucket'],
    granted: ['read:repository:bitbucket'],
  };
  const lacking =
    'lacks a scope (required: read:repository:bitbucket, read:project:bitbucket; granted: read:repository:bitbucket).';

  it.each<[CredentialConfig, string]>([
    [
      apiToken('jane@example.com', 'ATATT3x'),
      `The API token in ${ENTRY}.token ${lacking} Create an API token with these scopes: those of an existing one cannot be changed.`,
    ],
    [
      accessToken('ATCTT3x'),
      `The access token in ${ENTRY}.token ${lacking} Create an access token with these scopes: those of an existing one cannot be changed.`,
    ],
    [
      appPassword('ATBBx'),
      `The app password in ${ENTRY}.appPassword ${lacking} Set ${SET_API_TOKEN}.`,
    ],
    [
      oauth,
      `The OAuth consumer in ${ENTRY}.clientId and ${ENTRY}.clientSecret ${lacking} Tick the permissions of the consumer under "OAuth consumers" in the settings of the workspace.`,
    ],
  ])('names the scopes that $kind lacks', (config, explanation) => {
    expect(explainRefusal(config, scopes)).toBe(explanation);
  });

  it.each<[CredentialConfig, string, string]>([
    [
      apiToken('jane@example.com', 'ATATT3x'),
      'read:pullrequest:bitbucket',
      'write:pullrequest:bitbucket',
    ],
    [oauth, 'pullrequest', 'pullrequest:write'],
  ])(
    'names the scope that $kind needs for a pull request, also where Bitbucket names another or none',
    (config, read, comment) => {
      const asked = { status: 403, task: 'comment' } as const;
      expect(explainRefusal(config, { ...asked, task: 'read' })).toContain(
        `is valid, but has no access to this. It needs the scope ${read} for that. `,
      );
      expect(explainRefusal(config, { ...asked, required: [read] })).toContain(
        `lacks a scope (required: ${read}, ${comment}; granted: none).`,
      );
    },
  );

  it('says so when no scope is granted', () => {
    expect(
      explainRefusal(oauth, { status: 403, required: ['repository'] }),
    ).toContain('lacks a scope (required: repository; granted: none).');
  });

  it.each<[CredentialConfig, string]>([
    [
      apiToken('jane@example.com', 'ATATT3x'),
      `The API token in ${ENTRY}.token is valid, but has no access to this. Give the account ${ENTRY}.username access to the workspace and its repositories.`,
    ],
    [
      accessToken('ATCTT3x'),
      `The access token in ${ENTRY}.token is valid, but has no access to this. Create it in the settings of the workspace: one of a repository or project gives access to nothing else.`,
    ],
    [
      appPassword('ATBBx'),
      `The app password in ${ENTRY}.appPassword is valid, but has no access to this. Give the account ${ENTRY}.username access to the workspace and its repositories.`,
    ],
    [
      oauth,
      `The OAuth consumer in ${ENTRY}.clientId and ${ENTRY}.clientSecret is valid, but has no access to this. Create it in the settings of the workspace that is read: it gives access to no other.`,
    ],
    [
      { kind: 'anonymous' },
      `Bitbucket does not show this to everyone, and no credential is configured. Set ${SET_API_TOKEN}, or ${SET_ACCESS_TOKEN}.`,
    ],
  ])('says how to give access to $kind', (config, explanation) => {
    expect(explainRefusal(config, { status: 403 })).toBe(explanation);
  });
});

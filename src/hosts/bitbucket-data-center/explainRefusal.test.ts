import { DataCenterCredentialConfig } from '../../config/types';
import { explainRefusal } from './explainRefusal';

const KEY = 'integrations.bitbucketServer[0]';

const CREDENTIALS: Record<string, DataCenterCredentialConfig> = {
  token: { kind: 'httpAccessToken', token: 'not-to-be-shown' },
  password: {
    kind: 'password',
    username: 'jane',
    password: 'not-to-be-shown',
  },
  anonymous: { kind: 'anonymous' },
};

describe('explainRefusal', () => {
  it.each([
    [
      'token',
      401,
      'IncorrectPasswordAuthenticationException',
      `The HTTP access token in ${KEY}.token has expired, was revoked, or is of another instance. Create an HTTP access token`,
    ],
    [
      'token',
      401,
      'AuthorisationException',
      `The HTTP access token in ${KEY}.token is valid, but has no permission for this. Give its account access to the project, or, if it is the token of a project or repository, which sees nothing else, create one in the settings of an account and set it as ${KEY}.token.`,
    ],
    [
      'token',
      401,
      'NoAccessAuthenticationException',
      `The account of ${KEY}.token has no licence to use this Bitbucket instance.`,
    ],
    [
      'token',
      401,
      'AuthenticationRequiredException',
      `although ${KEY}.token is set. Check that no proxy removes the header "Authorization".`,
    ],
    [
      'password',
      401,
      'AuthenticationRequiredException',
      'and that the instance allows basic authentication.',
    ],
    [
      'password',
      403,
      'CaptchaRequiredAuthenticationException',
      'requires the account of integrations.bitbucketServer[0].username to solve a CAPTCHA',
    ],
    [
      'password',
      401,
      'IncorrectPasswordAuthenticationException',
      `Bitbucket does not accept the user name and password in ${KEY}.username and ${KEY}.password`,
    ],
    [
      'password',
      401,
      'AuthorisationException',
      `Give the account ${KEY}.username access to the project.`,
    ],
    ['token', 401, undefined, 'has expired, was revoked'],
    ['token', 403, undefined, 'is valid, but has no permission for this'],
    ['token', 403, 'OtherException', 'has no permission for this'],
    [
      'anonymous',
      401,
      'AuthenticationRequiredException',
      `no credential is configured. Create an HTTP access token under "HTTP access tokens" in the settings of an account, with the permission "Repository read", and set it as ${KEY}.token.`,
    ],
  ])('%s, %s %s', (credential, status, exception, expected) => {
    const words = explainRefusal(
      { credential: CREDENTIALS[credential], key: KEY },
      { status, exception },
    );
    expect(words).toContain(expected);
    expect(words).not.toContain('not-to-be-shown');
  });

  it.each([
    ['webhook', 'Project admin'],
    ['comment', 'Repository read'],
    ['report', 'Repository read'],
  ] as const)('names the permission that a task needs: %s', (task, needed) => {
    expect(
      explainRefusal(
        { credential: CREDENTIALS.token, key: KEY },
        { status: 401, exception: 'AuthorisationException', task },
      ),
    ).toContain(needed);
  });
});

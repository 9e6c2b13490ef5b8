import { CredentialConfig } from '../../config/types';
import { createCredential } from './createBitbucketClient';

const create = (config: CredentialConfig) =>
  createCredential(config, {
    tokenUrl: 'https://bitbucket.org/site/oauth2/access_token',
    post: async () => ({
      status: 200,
      body: '{"access_token":"t0ken","expires_in":7200}',
    }),
  });

describe('createCredential', () => {
  it.each<[CredentialConfig, string, string | undefined]>([
    [
      { kind: 'apiToken', username: 'jane@example.com', token: 'abc' },
      'API token of jane@example.com',
      'Basic amFuZUBleGFtcGxlLmNvbTphYmM=',
    ],
    [
      { kind: 'appPassword', username: 'jané', appPassword: 'pässword' },
      'app password of jané',
      'Basic amFuw6k6cMOkc3N3b3Jk',
    ],
    [{ kind: 'accessToken', token: 'abc' }, 'access token', 'Bearer abc'],
    [
      { kind: 'oauth', clientId: 'key', clientSecret: 'secret' },
      'OAuth consumer',
      'Bearer t0ken',
    ],
    [{ kind: 'anonymous' }, 'anonymous', undefined],
  ])('signs with $kind', async (config, label, authorization) => {
    const credential = create(config);
    expect(credential.kind).toBe(config.kind);
    expect(credential.label).toBe(label);
    await expect(credential.authorization()).resolves.toBe(authorization);
  });

  it.each<CredentialConfig>([
    { kind: 'apiToken', username: 'jane@example.com', token: 'abc' },
    { kind: 'appPassword', username: 'jane', appPassword: 'abc' },
    { kind: 'accessToken', token: 'abc' },
    { kind: 'anonymous' },
  ])('has nothing new to offer when $kind is refused', async config => {
    const credential = create(config);
    expect(credential.refused(await credential.authorization())).toBe(false);
  });
});

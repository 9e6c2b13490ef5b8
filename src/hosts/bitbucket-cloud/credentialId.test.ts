import { CredentialConfig } from '../../config/types';
import { credentialId } from './createBitbucketClient';

describe('credentialId', () => {
  const password: CredentialConfig = {
    kind: 'appPassword',
    username: 'jane',
    appPassword: 'p1',
  };

  it('is the same for the same user, client or token', () => {
    expect(credentialId({ ...password, appPassword: 'p2' })).toBe(
      credentialId(password),
    );
  });

  it('differs between credentials, and tells none of them', () => {
    const ids = (
      [
        password,
        { kind: 'apiToken', username: 'jane', token: 'p1' },
        { kind: 'accessToken', token: 'jane' },
        { kind: 'accessToken', token: 'joe' },
        { kind: 'oauth', clientId: 'jane', clientSecret: 's' },
      ] satisfies CredentialConfig[]
    ).map(credentialId);
    expect(new Set(ids).size).toBe(5);
    ids.forEach(id => expect(id).toMatch(/^[0-9a-f]{16}$/));
  });

  it('is plain without a credential', () => {
    expect(credentialId({ kind: 'anonymous' })).toBe('anonymous');
  });
});

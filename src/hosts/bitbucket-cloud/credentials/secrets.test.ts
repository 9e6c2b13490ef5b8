import { ConfigReader } from '@backstage/config';
import { inspect } from 'node:util';
import { readIntegrationConfig } from '../../../config/integration';
import { readProviderConfigs } from '../../../config/providers';
import { CredentialConfig } from '../../../config/types';
import { createCredential } from '../createBitbucketClient';
import { PostForm } from './OAuthCredential';
import { explainRefusal } from './explainRefusal';

const SECRETS = {
  token: 'canary1Of7Secrets',
  appPassword: 'canary2Of7Secrets',
  clientId: 'canary3Of7Secrets',
  clientSecret: 'canary4Of7Secrets',
  commitSigningKey: 'canary5Of7Secrets',
  urlPassword: 'canary6Of7Secrets',
  oauthToken: 'canary7Of7Secrets',
};
const { token, appPassword, clientId, clientSecret } = SECRETS;
const username = 'jane@example.com';

/** A part of each secret, plain and as base64 shows it at each of its three offsets. */
const TRACES = Object.values(SECRETS).flatMap(secret => {
  const part = secret.slice(0, 8);
  return [
    part,
    ...[0, 1, 2].map(offset =>
      Buffer.from('x'.repeat(offset) + part)
        .toString('base64')
        .slice(offset + 1, -4),
    ),
  ];
});

/** Everything that a log or a person might see of a value. */
function visible(value: unknown): string {
  const text = [
    String(value),
    inspect(value, { depth: Infinity, showHidden: true }),
  ];
  if (value instanceof Error) {
    text.push(value.message, value.stack ?? '');
  }
  return [...text, JSON.stringify(value)].join('\n');
}

function leaksIn(value: unknown): string[] {
  return TRACES.filter(trace => visible(value).includes(trace));
}

async function outcomeOf(run: () => unknown): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    return error;
  }
}

const credentials: CredentialConfig[] = [
  ...['', 'ATATT', 'ATCTT', 'ATBB'].flatMap((prefix): CredentialConfig[] => [
    { kind: 'apiToken', username, token: prefix + token },
    { kind: 'apiToken', username: 'jane', token: prefix + token },
    { kind: 'accessToken', token: prefix + token },
    { kind: 'appPassword', username, appPassword: prefix + appPassword },
  ]),
  { kind: 'oauth', clientId, clientSecret },
  { kind: 'anonymous' },
];

describe('secrets', () => {
  it('would be noticed, plain and in a header', () => {
    expect(leaksIn({ token })).not.toEqual([]);
    for (const user of ['a', 'ab', 'abc']) {
      const encoded = Buffer.from(`${user}:${token}`).toString('base64');
      expect(leaksIn(new Error(`Basic ${encoded}`))).not.toEqual([]);
    }
    expect(leaksIn({ message: 'nothing' })).toEqual([]);
  });

  it.each<[string, ConstructorParameters<typeof ConfigReader>[0]]>([
    ['an app password', { username, appPassword }],
    ['everything at once', { username, ...SECRETS }],
    ['a token before an app password', { username, token, appPassword }],
    ['an app password without a user name', { appPassword }],
    ['a key without a secret', { clientId }],
    ['a secret without a key', { clientSecret }],
    ['a token that breaks a header', { token: `${token}\n${token}` }],
    ['secrets that are no text', { token: [token], clientId: { clientId } }],
    ['an unknown key', { clientSecert: clientSecret, clientId }],
    [
      'a password in a URL',
      { apiBaseUrl: `https://jane:${SECRETS.urlPassword}@example.com` },
    ],
    [
      'a password in no URL',
      { apiBaseUrl: `jane:${SECRETS.urlPassword}@example.com` },
    ],
    [
      'a signing key in a list',
      { commitSigningKey: [SECRETS.commitSigningKey] },
    ],
  ])('stay out of what is said about %s', async (_, entry = {}) => {
    const config = new ConfigReader({
      integrations: { bitbucketCloud: [entry] },
    });
    const outcome = await outcomeOf(
      () => readIntegrationConfig(config).warnings,
    );
    expect(String(outcome)).toContain('integrations.bitbucketCloud[0]');
    expect(leaksIn(outcome)).toEqual([]);
  });

  it('stay out of what is said about a workspace that is a URL', async () => {
    const workspace = `https://jane:${SECRETS.urlPassword}@bitbucket.org/acme`;
    const config = new ConfigReader({
      catalog: { providers: { bitbucketCloud: { workspace } } },
    });
    const outcome = await outcomeOf(() => readProviderConfigs(config));
    expect(String(outcome)).toContain("Write 'acme'");
    expect(leaksIn(outcome)).toEqual([]);
  });

  it.each(credentials)('stay out of why $kind is refused', config => {
    for (const status of [400, 401, 403]) {
      for (const scopes of [{}, { required: ['a', 'b'], granted: ['a'] }]) {
        // Bitbucket's message might repeat what was sent.
        const message = Object.values(SECRETS).join();
        const explanation = explainRefusal(config, {
          status,
          message,
          ...scopes,
        });
        expect(explanation).not.toBe('');
        expect(leaksIn(explanation)).toEqual([]);
      }
    }
  });

  it.each(credentials)('stay inside the credential $kind', async config => {
    const credential = createCredential(config, {
      tokenUrl: 'https://bitbucket.org/site/oauth2/access_token',
      post: async () => ({
        status: 200,
        body: JSON.stringify({ access_token: SECRETS.oauthToken }),
      }),
    });
    const authorization = await credential.authorization();
    expect(leaksIn(credential)).toEqual([]);
    credential.refused(authorization);
    expect(leaksIn(credential)).toEqual([]);
  });

  const echo = Object.values(SECRETS).join();
  it.each<[string, PostForm]>([
    ...[200, 302, 400, 401, 403, 429, 500].flatMap(status =>
      Object.entries({
        text: echo,
        'an unknown code': JSON.stringify({ error: echo }),
        'a description': JSON.stringify({
          error: 'invalid_grant',
          error_description: echo,
        }),
        'a broken token': JSON.stringify({
          access_token: `${echo}\n`,
          expires_in: echo,
        }),
      }).map(([what, body]): [string, PostForm] => [
        `${status} with ${what}`,
        async () => ({ status, body }),
      ]),
    ),
    ['a fault', () => Promise.reject(new Error('socket hang up'))],
  ])('stay out of why a token endpoint failed: %s', async (_, post) => {
    const credential = createCredential(
      { kind: 'oauth', clientId, clientSecret },
      { tokenUrl: 'https://bitbucket.org/site/oauth2/access_token', post },
    );
    const outcome = await outcomeOf(() => credential.authorization());
    expect(String(outcome)).toContain(
      'CredentialError: Could not obtain an OAuth token',
    );
    expect(leaksIn(outcome)).toEqual([]);
  });
});

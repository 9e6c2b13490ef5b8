import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { readIntegrationConfig } from './integration';
import { ConfigurationError } from './schema';

type Entry = ConstructorParameters<typeof ConfigReader>[0];

const KEY = 'integrations.bitbucketCloud[0]';
const UNSET =
  'An environment variable that is not set leaves out the key that refers to it with ${…}.';
const BLANK =
  'is blank. Give it a value or remove the key; if it refers to an environment variable, that variable is set but empty.';
const USE_INSTEAD =
  'create an API token with scopes and set username to the e-mail of the Atlassian account and token to the API token, or set an access token as token, without username';

function configOf(bitbucketCloud: NonNullable<Entry>[string]) {
  return new ConfigReader({ integrations: { bitbucketCloud } });
}

function problemsOf(bitbucketCloud: NonNullable<Entry>[string]) {
  try {
    readIntegrationConfig(configOf(bitbucketCloud));
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return error.problems;
    }
    throw error;
  }
  return [];
}

const oauth = { clientId: 'id', clientSecret: 's3cret' };

describe('readIntegrationConfig', () => {
  it.each<[string, Entry, object]>([
    [
      'an API token',
      { username: 'jane@example.com', token: 'abc' },
      { kind: 'apiToken', username: 'jane@example.com', token: 'abc' },
    ],
    [
      'an access token',
      { token: 'abc' },
      { kind: 'accessToken', token: 'abc' },
    ],
    ['an OAuth consumer', oauth, { kind: 'oauth', ...oauth }],
    ['an empty entry', {}, { kind: 'anonymous' }],
    [
      'a commit signing key',
      { token: 'abc', commitSigningKey: 'pgp' },
      { kind: 'accessToken', token: 'abc' },
    ],
    [
      'spaces and line breaks around values',
      { username: ' jane@example.com ', token: ' abc\n' },
      { kind: 'apiToken', username: 'jane@example.com', token: 'abc' },
    ],
  ])('takes %s', (_, entry, credential) => {
    expect(readIntegrationConfig(configOf([entry ?? {}]))).toEqual({
      value: {
        credential,
        apiBaseUrl: 'https://api.bitbucket.org/2.0',
        webBaseUrl: 'https://bitbucket.org',
        concurrency: 8,
        freshnessMs: 120_000,
        maxFileBytes: 1_048_576,
      },
      warnings: [],
    });
  });

  it.each([
    ['no configuration at all', {}],
    ['an empty list', { integrations: { bitbucketCloud: [] } }],
    ['no list', { integrations: { bitbucketCloud: null } }],
  ])('is anonymous with %s', (_, data) => {
    expect(readIntegrationConfig(new ConfigReader(data))).toEqual({
      value: {
        credential: { kind: 'anonymous' },
        apiBaseUrl: 'https://api.bitbucket.org/2.0',
        webBaseUrl: 'https://bitbucket.org',
        concurrency: 8,
        freshnessMs: 120_000,
        maxFileBytes: 1_048_576,
      },
      warnings: [],
    });
  });

  it.each<[string, Entry, object]>([
    ['an allowance', { requestsPerHour: 10_000 }, { requestsPerHour: 10_000 }],
    [
      'an allowance of an environment variable, which is text',
      { requestsPerHour: '500' },
      { requestsPerHour: 500 },
    ],
    ['a freshness', { freshness: { minutes: 5 } }, { freshnessMs: 300_000 }],
    ['a size of files', { maxFileSize: '2mb' }, { maxFileBytes: 2_097_152 }],
  ])('takes %s', (_, entry, expected) => {
    const { value, warnings } = readIntegrationConfig(configOf([entry ?? {}]));
    expect(value).toMatchObject(expected);
    expect(warnings).toEqual([]);
  });

  it.each<[string, Entry, object, string[]]>([
    [
      'a key without a value',
      { token: null },
      { kind: 'anonymous' },
      [
        `${KEY}.token has no value and counts as missing. Give it one, or remove the key.`,
      ],
    ],
    [
      'an app password',
      { username: 'jane', appPassword: 'abc' },
      { kind: 'appPassword', username: 'jane', appPassword: 'abc' },
      [
        `${KEY}.appPassword is sent, but Atlassian removed app passwords on 28 July 2026 and refuses them. Replace it: ${USE_INSTEAD}.`,
      ],
    ],
    [
      'an API token for an app password',
      { username: 'jane', appPassword: 'ATATT-1' },
      { kind: 'appPassword', username: 'jane', appPassword: 'ATATT-1' },
      [
        `${KEY}.appPassword is an API token, not an app password. Rename the key appPassword to token, and set username to the e-mail of the Atlassian account that the token belongs to.`,
      ],
    ],
    [
      'an access token for an app password',
      { username: 'jane', appPassword: 'ATCTT-1' },
      { kind: 'appPassword', username: 'jane', appPassword: 'ATCTT-1' },
      [
        `${KEY}.appPassword is an access token, not an app password. Rename the key appPassword to token, and remove username.`,
      ],
    ],
    [
      'an API token without an e-mail',
      { token: 'ATATT-1' },
      { kind: 'accessToken', token: 'ATATT-1' },
      [
        `${KEY}.token is an API token, which Bitbucket accepts only together with the e-mail of its Atlassian account. Set ${KEY}.username to that e-mail.`,
      ],
    ],
    [
      'an access token with a user name',
      { username: 'jane', token: 'ATCTT-1' },
      { kind: 'apiToken', username: 'jane', token: 'ATCTT-1' },
      [
        `${KEY}.token is an access token, which Bitbucket accepts only without a user name. Remove ${KEY}.username.`,
      ],
    ],
    [
      'an app password for a token',
      { username: 'jane', token: 'ATBB-1' },
      { kind: 'apiToken', username: 'jane', token: 'ATBB-1' },
      [
        `${KEY}.token is an app password. Atlassian removed app passwords on 28 July 2026 and refuses them. Replace it: ${USE_INSTEAD}.`,
      ],
    ],
    [
      'a token and an app password',
      { username: 'jane@example.com', token: 'abc', appPassword: 'def' },
      { kind: 'apiToken', username: 'jane@example.com', token: 'abc' },
      [`${KEY}.appPassword has no effect: token takes precedence. Remove it.`],
    ],
    [
      'a bare token and an app password',
      { token: 'abc', appPassword: 'def' },
      { kind: 'accessToken', token: 'abc' },
      [`${KEY}.appPassword has no effect: token takes precedence. Remove it.`],
    ],
    [
      'everything at once',
      { ...oauth, username: 'jane', token: 'abc', appPassword: 'def' },
      { kind: 'oauth', ...oauth },
      [
        `${KEY}.token has no effect: clientId and clientSecret take precedence. Remove the keys that you do not need.`,
        `${KEY}.appPassword has no effect: clientId and clientSecret take precedence. Remove the keys that you do not need.`,
      ],
    ],
    [
      'an OAuth consumer and an app password without a user name',
      { ...oauth, appPassword: 'def' },
      { kind: 'oauth', ...oauth },
      [
        `${KEY}.appPassword has no effect: clientId and clientSecret take precedence. Remove the keys that you do not need.`,
      ],
    ],
    [
      'a misspelled key',
      { token: 'abc', apibaseurl: 'https://proxy.example.com' },
      { kind: 'accessToken', token: 'abc' },
      [
        `${KEY}.apibaseurl is unknown and has no effect. Did you mean apiBaseUrl?`,
      ],
    ],
    [
      'a key of another integration',
      { token: 'abc', host: 'bitbucket.org' },
      { kind: 'accessToken', token: 'abc' },
      [
        `${KEY}.host is unknown and has no effect. Known keys are username, token, appPassword, clientId, clientSecret, commitSigningKey, apiBaseUrl, requestsPerHour, concurrency, freshness, maxFileSize.`,
      ],
    ],
  ])('takes %s, with a warning', (_, entry, credential, warnings) => {
    const parsed = readIntegrationConfig(configOf([entry ?? {}]));
    expect(parsed.value.credential).toEqual(credential);
    expect(parsed.warnings).toEqual(warnings);
  });

  it.each<[string, Entry, string[]]>([
    [
      'username alone',
      { username: 'jane@example.com' },
      [
        `${KEY}.token is missing: username needs it. Add an API token with scopes, or remove username. ${UNSET}`,
      ],
    ],
    [
      'username alone beside an OAuth consumer, which the stock reader refuses',
      { username: 'jane@example.com', ...oauth },
      [
        `${KEY}.token is missing: username needs it. Add an API token with scopes, or remove username. ${UNSET}`,
      ],
    ],
    [
      'clientId alone',
      { clientId: 'id' },
      [
        `${KEY}.clientSecret is missing: clientId needs it. Add the secret of the OAuth consumer, or remove clientId. ${UNSET}`,
      ],
    ],
    [
      'clientSecret alone',
      { clientSecret: 'x', token: 'abc' },
      [
        `${KEY}.clientId is missing: clientSecret needs it. Add the key of the OAuth consumer, or remove clientSecret. ${UNSET}`,
      ],
    ],
    [
      'appPassword without username',
      { appPassword: 'x' },
      [
        `${KEY}.username is missing: appPassword needs it. Atlassian removed app passwords on 28 July 2026, though: ${USE_INSTEAD}. ${UNSET}`,
      ],
    ],
    [
      'a misspelled counterpart',
      { clientId: 'id', clientsecret: 'x' },
      [
        `${KEY}.clientSecret is missing: clientId needs it. Add the secret of the OAuth consumer, or remove clientId. ${UNSET}`,
        `${KEY}.clientsecret is unknown and has no effect. Did you mean clientSecret?`,
      ],
    ],
    [
      'blanks',
      { username: '', token: '  ', commitSigningKey: '' },
      [
        `${KEY}.username ${BLANK}`,
        `${KEY}.token ${BLANK}`,
        `${KEY}.commitSigningKey ${BLANK}`,
      ],
    ],
    [
      'wrong types',
      {
        username: 12,
        token: true,
        appPassword: ['x'],
        clientId: { a: 1 },
        clientSecret: 0,
      },
      [
        `${KEY}.username must be text, but is a number. Put quotes around it.`,
        `${KEY}.token must be text, but is true or false. Put quotes around it.`,
        `${KEY}.appPassword must be text, but is a list.`,
        `${KEY}.clientId must be text, but is a map.`,
        `${KEY}.clientSecret must be text, but is a number. Put quotes around it.`,
      ],
    ],
    [
      'a token that breaks a header',
      { token: 'abc\ndef' },
      [
        `${KEY}.token has a space, a line break or another character in it that no token has. Copy the token again.`,
      ],
    ],
    [
      'an allowance that Bitbucket never grants, and no freshness at all',
      { requestsPerHour: 100_001, freshness: '0 ms' },
      [
        `${KEY}.requestsPerHour must be at most 100000, which is ten times the most that Bitbucket grants, but is 100001.`,
        `${KEY}.freshness must be longer than zero. Write for example '2 minutes' or { minutes: 2 }.`,
      ],
    ],
    [
      'a size that nothing fits into',
      { maxFileSize: 0 },
      [
        `${KEY}.maxFileSize must be from 1kb to 32mb, since files are read into memory, but is 0.`,
      ],
    ],
    [
      'no requests at all',
      { requestsPerHour: 0 },
      [
        `${KEY}.requestsPerHour must be a whole number from 1 to 100000, but is '0'.`,
      ],
    ],
    [
      'several problems of several keys',
      { username: ' ', clientId: 'id' },
      [
        `${KEY}.username ${BLANK}`,
        `${KEY}.clientSecret is missing: clientId needs it. Add the secret of the OAuth consumer, or remove clientId. ${UNSET}`,
        `${KEY}.token is missing: username needs it. Add an API token with scopes, or remove username. ${UNSET}`,
      ],
    ],
  ])('refuses %s', (_, entry, problems) => {
    expect(problemsOf([entry ?? {}])).toEqual(problems);
  });

  it.each<[string, NonNullable<Entry>[string], string]>([
    [
      'two entries',
      [{ token: 'a' }, { token: 'b' }],
      'integrations.bitbucketCloud has 2 entries, but takes one at most, since bitbucket.org is one host. Put what differs into one entry.',
    ],
    [
      'a map',
      { token: 'a' },
      'integrations.bitbucketCloud must be a list, but is a map. Begin the entry with "- ", or remove the key for anonymous access.',
    ],
    [
      'an entry that is text',
      ['a'],
      `${KEY} must be a map, but is text. Write {} for anonymous access, or remove the entry.`,
    ],
    [
      'an entry without anything, which the stock reader refuses',
      [null],
      `${KEY} must be a map, but is empty. Write {} for anonymous access, or remove the entry.`,
    ],
  ])('refuses %s', (_, value, problem) => {
    expect(problemsOf(value)).toEqual([problem]);
  });

  it('reports all problems in one message', () => {
    expect(() =>
      readIntegrationConfig(configOf([{ username: 1, token: 2 }])),
    ).toThrow(
      new ConfigurationError([
        `${KEY}.username must be text, but is a number. Put quotes around it.`,
        `${KEY}.token must be text, but is a number. Put quotes around it.`,
      ]),
    );
    expect(new ConfigurationError(['a is wrong.', 'b is wrong.']).message).toBe(
      'The Bitbucket configuration cannot be used:\n- a is wrong.\n- b is wrong.',
    );
  });

  it('passes nothing that the stock reader of the same entry refuses', () => {
    const values = [undefined, null, '', ' ', 7, 'text'];
    const keys = [
      'username',
      'token',
      'appPassword',
      'clientId',
      'clientSecret',
    ];
    const entries = Array.from(
      { length: values.length ** keys.length },
      (_, n) =>
        Object.fromEntries(
          keys.map((key, i) => [
            key,
            values[Math.floor(n / values.length ** i) % values.length],
          ]),
        ),
    );
    const accepted = entries.filter(entry => !problemsOf([entry]).length);
    expect(accepted).toContainEqual({ username: 'text', token: 'text' });
    expect(() =>
      accepted.forEach(entry => ScmIntegrations.fromConfig(configOf([entry]))),
    ).not.toThrow();
  });
});

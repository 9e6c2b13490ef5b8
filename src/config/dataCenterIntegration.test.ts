import { ConfigReader } from '@backstage/config';
import { JsonObject, JsonValue } from '@backstage/types';
import { readDataCenterIntegrations } from './dataCenterIntegration';

const read = (bitbucketServer: JsonValue) =>
  readDataCenterIntegrations(
    new ConfigReader({ integrations: { bitbucketServer } }),
  );

const HOST = 'git.example.com';

describe('readDataCenterIntegrations', () => {
  it('gives no instance where the section is missing', () => {
    expect(readDataCenterIntegrations(new ConfigReader({}))).toEqual({
      value: [],
      warnings: [],
    });
  });

  it('reads an entry with a token, and gives the rest its defaults', () => {
    expect(read([{ host: HOST, token: 'secret' }])).toEqual({
      value: [
        {
          key: 'integrations.bitbucketServer[0]',
          host: HOST,
          baseUrl: `https://${HOST}`,
          webBaseUrl: `https://${HOST}`,
          credential: { kind: 'httpAccessToken', token: 'secret' },
          concurrency: 8,
          requestsPerSecond: undefined,
          freshnessMs: 120_000,
          headFreshnessMs: undefined,
          maxFileBytes: 1_048_576,
        },
      ],
      warnings: [],
    });
  });

  it.each<[string, JsonObject, string, string]>([
    [
      'the root of the REST API, as the stock module has it',
      { apiBaseUrl: `https://${HOST}/rest/api/1.0` },
      `https://${HOST}`,
      `https://${HOST}`,
    ],
    [
      'a context path',
      { apiBaseUrl: `https://${HOST}/bitbucket/rest/api/latest/` },
      `https://${HOST}/bitbucket`,
      `https://${HOST}/bitbucket`,
    ],
    [
      'the root of the instance',
      { apiBaseUrl: `https://${HOST}/bitbucket` },
      `https://${HOST}/bitbucket`,
      `https://${HOST}/bitbucket`,
    ],
    [
      'another origin than the web pages have',
      { apiBaseUrl: 'http://localhost:7990/rest/api/1.0' },
      'http://localhost:7990',
      `https://${HOST}`,
    ],
    [
      'another context path on the web than in the API',
      {
        apiBaseUrl: 'https://internal.example.com/rest/api/latest',
        baseUrl: `https://${HOST}/bitbucket/`,
      },
      'https://internal.example.com',
      `https://${HOST}/bitbucket`,
    ],
    [
      'web pages without https, and an API with it',
      { baseUrl: `http://${HOST}` },
      `https://${HOST}`,
      `http://${HOST}`,
    ],
    [
      'a port',
      { host: `${HOST}:8443` },
      `https://${HOST}:8443`,
      `https://${HOST}:8443`,
    ],
  ])('takes %s', (_, entry, baseUrl, webBaseUrl) => {
    const [value] = read([{ host: HOST, ...entry }]).value;
    expect([value.baseUrl, value.webBaseUrl]).toEqual([baseUrl, webBaseUrl]);
  });

  it.each<[JsonObject, JsonObject]>([
    [{}, { kind: 'anonymous' }],
    [
      { username: 'jane', password: ' secret ' },
      { kind: 'password', username: 'jane', password: ' secret ' },
    ],
    [{ token: ' secret\n' }, { kind: 'httpAccessToken', token: 'secret' }],
  ])('signs in with %j', (entry, credential) => {
    expect(read([{ host: HOST, ...entry }]).value[0].credential).toEqual(
      credential,
    );
  });

  it('warns that a password has no effect beside a token', () => {
    const entry = { token: 'a', username: 'jane', password: 'b' };
    const { value, warnings } = read([{ host: HOST, ...entry }]);
    expect(value[0].credential.kind).toBe('httpAccessToken');
    expect(warnings).toEqual([
      expect.stringContaining('token takes precedence'),
    ]);
  });

  it('accepts http for another machine only where that is allowed, with one warning', () => {
    const entry = { host: HOST, apiBaseUrl: `http://${HOST}/rest/api/1.0` };
    expect(() => read([entry])).toThrow(
      'integrations.bitbucketServer[0].apiBaseUrl must begin with https://, since http:// sends the credential in the clear. If the instance has no https, set integrations.bitbucketServer[0].allowInsecureHttp to true.',
    );
    const { value, warnings } = read([{ ...entry, allowInsecureHttp: true }]);
    expect(value[0].baseUrl).toBe(`http://${HOST}`);
    expect(warnings).toEqual([expect.stringContaining('begins with http://')]);
  });

  it.each<[JsonValue, string]>([
    ['x', 'integrations.bitbucketServer must be a list, but is text.'],
    [['x'], 'integrations.bitbucketServer[0] must be a map with the key host'],
    [[{}], 'integrations.bitbucketServer[0].host is missing.'],
    [
      [{ host: `https://${HOST}/bitbucket` }],
      "integrations.bitbucketServer[0].host must be a host, but is a URL. Write 'git.example.com'",
    ],
    [
      [{ host: `${HOST}/bitbucket` }],
      'integrations.bitbucketServer[0].host must be a host, such as git.example.com',
    ],
    [
      [{ host: HOST }, { host: HOST.toUpperCase() }],
      'integrations.bitbucketServer[1].host is git.example.com, as integrations.bitbucketServer[0].host is.',
    ],
    [
      [{ host: HOST, username: 'jane' }],
      'integrations.bitbucketServer[0].password is missing',
    ],
    [
      [{ host: HOST, password: 'secret' }],
      'integrations.bitbucketServer[0].username is missing',
    ],
    [
      [{ host: HOST, apiBaseUrl: 'git.example.com/rest' }],
      'integrations.bitbucketServer[0].apiBaseUrl is not a URL',
    ],
    [
      [{ host: HOST, apiBaseUrl: `https://a:b@${HOST}` }],
      'integrations.bitbucketServer[0].apiBaseUrl must not hold a user name or a password',
    ],
    [
      [{ host: HOST, baseUrl: 'https://other.example.com/bitbucket' }],
      'integrations.bitbucketServer[0].baseUrl must be at the host git.example.com',
    ],
    [
      [{ host: HOST, baseUrl: '/bitbucket' }],
      'integrations.bitbucketServer[0].baseUrl is not a URL that begins with https://. Write for example https://git.example.com/bitbucket.',
    ],
    [
      [{ host: HOST, requestsPerSecond: 0 }],
      'integrations.bitbucketServer[0].requestsPerSecond must be a whole number from 1',
    ],
  ])('refuses %j with the key and the remedy', (list, message) => {
    expect(() => read(list)).toThrow(message);
  });

  it('warns of sections whose name is misspelled', () => {
    const config = new ConfigReader({
      integrations: { bitbucketDataCenter: [{ host: HOST }] },
      catalog: { providers: { bitbucketserver: { host: HOST } } },
    });
    expect(readDataCenterIntegrations(config).warnings).toEqual([
      'integrations.bitbucketDataCenter is not read. Write integrations.bitbucketServer instead.',
      'catalog.providers.bitbucketserver is not read. Write catalog.providers.bitbucketServer instead.',
    ]);
  });

  it('shows no secret in an error', () => {
    const entry = { host: HOST, token: 'top secret', apiBaseUrl: 'no url' };
    expect(() => read([entry])).toThrow(
      expect.objectContaining({
        message: expect.not.stringContaining('top secret'),
      }),
    );
  });
});

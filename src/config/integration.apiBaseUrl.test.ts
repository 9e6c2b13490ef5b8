import { ConfigReader } from '@backstage/config';
import { readIntegrationConfig } from './integration';

const KEY = 'integrations.bitbucketCloud[0].apiBaseUrl';

function read(apiBaseUrl: string) {
  return readIntegrationConfig(
    new ConfigReader({ integrations: { bitbucketCloud: [{ apiBaseUrl }] } }),
  ).value;
}

describe('apiBaseUrl', () => {
  it.each([
    [
      'https://api.bitbucket.org/2.0/',
      'https://api.bitbucket.org/2.0',
      'https://bitbucket.org',
    ],
    [
      'https://proxy.example.com:8443/bitbucket/2.0',
      'https://proxy.example.com:8443/bitbucket/2.0',
      'https://proxy.example.com:8443',
    ],
    [
      'http://localhost:7990/2.0//',
      'http://localhost:7990/2.0',
      'http://localhost:7990',
    ],
    ['http://127.0.0.1:1', 'http://127.0.0.1:1', 'http://127.0.0.1:1'],
    ['http://127.9.8.7/2.0', 'http://127.9.8.7/2.0', 'http://127.9.8.7'],
    ['http://[::1]:80/2.0', 'http://[::1]/2.0', 'http://[::1]'],
  ])('takes %s', (apiBaseUrl, api, web) => {
    expect(read(apiBaseUrl)).toMatchObject({
      apiBaseUrl: api,
      webBaseUrl: web,
    });
  });

  it.each([
    [
      'api.bitbucket.org/2.0',
      'is not a URL. Write for example https://api.bitbucket.org/2.0, which is the default.',
    ],
    ['ftp://api.bitbucket.org', 'must begin with https://.'],
    ...['http://proxy.example.com', 'http://127.0.0.1.example.com'].map(url => [
      url,
      'must begin with https://. http:// is accepted for localhost, 127.0.0.1 and [::1] only, since it would send the credential in the clear.',
    ]),
    [
      'https://jane:pw@proxy.example.com',
      'must not hold a user name or a password. Write them as keys of the same entry.',
    ],
    ...['https://a.example.com/2.0?key=1', 'https://a.example.com/#x'].map(
      url => [
        url,
        'must end with its path: remove everything from the first ? or # on.',
      ],
    ),
  ])('refuses %s', (apiBaseUrl, problem) => {
    expect(() => read(apiBaseUrl)).toThrow(
      `The Bitbucket configuration cannot be used:\n- ${KEY} ${problem}`,
    );
  });
});

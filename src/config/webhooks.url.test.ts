import { ConfigReader } from '@backstage/config';
import { JsonObject, JsonValue } from '@backstage/types';
import { readProviderConfigs } from './providers';
import { ConfigurationError } from './schema';

const KEY = 'catalog.providers.bitbucketCloud.webhooks';
const URL_OF_INGRESS =
  'https://backstage.example.com/api/events/http/bitbucketCloud';

function read(
  webhooks: JsonValue,
  bitbucketCloud: JsonObject = { webhookSecret: 's3cret' },
) {
  return readProviderConfigs(
    new ConfigReader({
      catalog: {
        providers: { bitbucketCloud: { workspace: 'acme', webhooks } },
      },
      events: { modules: { bitbucketCloud } },
    }),
  );
}

function problemsOf(...parameters: Parameters<typeof read>): readonly string[] {
  try {
    read(...parameters);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return error.problems;
    }
    throw error;
  }
  return [];
}

describe('webhooks.url', () => {
  it.each([
    [URL_OF_INGRESS, URL_OF_INGRESS],
    [` ${URL_OF_INGRESS}/\n`, URL_OF_INGRESS],
    [
      'https://Backstage.example.com:443/sub/api/events/http/bitbucketCloud',
      'https://backstage.example.com/sub/api/events/http/bitbucketCloud',
    ],
    [
      'http://localhost:7007/api/events/http/bitbucketCloud',
      'http://localhost:7007/api/events/http/bitbucketCloud',
    ],
  ])('reads %j', (written, url) => {
    const { value, warnings } = read({ url: written });
    expect(value).toMatchObject([{ webhooks: { url } }]);
    expect(warnings).toEqual([]);
  });

  it.each<[string, JsonValue, RegExp]>([
    ['no map', URL_OF_INGRESS, /^webhooks must be a map with the key url\.$/],
    ['nothing', {}, /^webhooks\.url is missing\. Write for example https:/],
    ['no URL', { url: 'backstage' }, /^webhooks\.url is not a URL\./],
    ['a blank', { url: ' ' }, /^webhooks\.url is blank\./],
    ['no web', { url: 'ftp://a.example' }, /must begin with https:\/\/\.$/],
    ['http', { url: 'http://a.example' }, /must begin with https:\/\/, since/],
    [
      'a password',
      { url: 'https://jane:hunter2@a.example' },
      /must not hold a user name or a password: .*webhookSecret/,
    ],
    ['a query', { url: `${URL_OF_INGRESS}?a=hunter2` }, /first \? or # on\.$/],
    ['a fragment', { url: `${URL_OF_INGRESS}#hunter2` }, /first \? or # on\.$/],
  ])('refuses %s, and says what to do', (_, webhooks, message) => {
    const problems = problemsOf(webhooks);
    expect(problems).toHaveLength(1);
    const [problem] = problems;
    expect(problem.replace(KEY, 'webhooks')).toMatch(message);
    expect(problem).not.toContain('hunter2');
  });

  it('is accepted with a secret', () => {
    expect(problemsOf({ url: URL_OF_INGRESS }, {})).toEqual([
      expect.stringMatching(
        /^catalog\.providers\.bitbucketCloud\.webhooks\.url installs a webhook.* Set events\.modules\.bitbucketCloud\.webhookSecret,/,
      ),
    ]);
  });

  it.each([
    [
      'a URL where nothing listens',
      { url: 'https://backstage.example.com' },
      /\.webhooks\.url does not end in \/api\/events\/http\/bitbucketCloud,/,
    ],
    [
      'a misspelled key',
      { url: URL_OF_INGRESS, secrt: 'x' },
      /\.webhooks\.secrt is unknown and has no effect\. Known keys are url\.$/,
    ],
  ])('warns of %s', (_, webhooks, warning) => {
    expect(read(webhooks).warnings).toEqual([expect.stringMatching(warning)]);
  });
});

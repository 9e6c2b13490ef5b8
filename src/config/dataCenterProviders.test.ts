import { ConfigReader } from '@backstage/config';
import { JsonObject, JsonValue } from '@backstage/types';
import { readDataCenterIntegrations } from './dataCenterIntegration';
import { readDataCenterProviders } from './dataCenterProviders';

const HOST = 'git.example.com';

function read(bitbucketServer: JsonValue, more: JsonObject = {}) {
  const config = new ConfigReader({
    integrations: { bitbucketServer: [{ host: HOST, token: 'secret' }] },
    catalog: { providers: { bitbucketServer } },
    ...more,
  });
  return readDataCenterProviders(
    config,
    readDataCenterIntegrations(config).value,
  );
}

describe('readDataCenterProviders', () => {
  it('gives no provider where the section is missing', () => {
    expect(readDataCenterProviders(new ConfigReader({}), [])).toEqual({
      value: [],
      warnings: [],
    });
  });

  it('reads a single provider, which gets the id of the stock module', () => {
    const { value, warnings } = read({ host: HOST });
    expect(warnings).toEqual([]);
    expect(value).toMatchObject([
      {
        id: 'default',
        workspace: HOST,
        catalogPaths: ['/catalog-info.yaml'],
        pagelen: 1_000,
        fullWalkMs: 600_000,
        filters: { exclude: {}, forks: true, archived: true },
        removals: { maxPercentage: 20 },
      },
    ]);
  });

  it('reads a configuration of the stock module with every key, without a warning', () => {
    const { value, warnings } = read({
      main: {
        host: HOST,
        catalogPath: '/service/catalog-info.yaml',
        filters: {
          projectKey: '^PAY$',
          repoSlug: 'api',
          skipArchivedRepos: true,
        },
        validateLocationsExist: true,
        schedule: { frequency: { minutes: 30 }, timeout: { minutes: 3 } },
      },
    });
    expect(warnings).toEqual([]);
    expect(value).toMatchObject([
      {
        id: 'main',
        catalogPaths: ['/service/catalog-info.yaml'],
        filters: { archived: false },
        schedule: { frequency: { minutes: 30 }, timeout: { minutes: 3 } },
      },
    ]);
    expect(value[0]).not.toHaveProperty('validateLocationsExist');
  });

  it('matches any part of a key or a slug, as the stock module does', () => {
    const [{ filters }] = read({
      host: HOST,
      filters: { repoSlug: 'api', exclude: { repoSlug: '-old$' } },
    }).value;
    const slugs = ['api', 'pay-api-v2', 'web', 'api-old'];
    expect([...filters.repoSlug!.select(slugs)]).toEqual([
      'api',
      'pay-api-v2',
      'api-old',
    ]);
    expect([...filters.exclude.repoSlug!.select(slugs)]).toEqual(['api-old']);
  });

  it('reads a map of providers', () => {
    const { value } = read({
      one: { host: HOST, branch: 'production', fallbackToDefaultBranch: true },
      two: { host: HOST.toUpperCase(), filters: { visibility: 'public' } },
    });
    expect(value.map(({ id, workspace }) => [id, workspace])).toEqual([
      ['one', HOST],
      ['two', HOST],
    ]);
  });

  it.each<[JsonValue, string]>([
    [
      { host: 'other.example.com' },
      "catalog.providers.bitbucketServer.host is 'other.example.com', for which integrations.bitbucketServer has no entry (git.example.com).",
    ],
    [
      { main: { catalogPath: '/a.yaml' } },
      'catalog.providers.bitbucketServer.main.host is missing.',
    ],
    [
      { host: HOST, webhooks: { url: 'https://b.example.com/api' } },
      'Set events.modules.bitbucketServer.webhookSecret',
    ],
    [
      { host: HOST, pullRequests: {} },
      'Set events.modules.bitbucketServer.webhookSecret',
    ],
  ])('refuses %j with the key and the remedy', (section, message) => {
    expect(() => read(section)).toThrow(message);
  });

  it('warns of a webhook that delivers to the ingress of Bitbucket Cloud', () => {
    const { warnings } = read(
      {
        host: HOST,
        webhooks: {
          url: 'https://backstage.example.com/api/events/http/bitbucketCloud',
        },
      },
      { events: { modules: { bitbucketServer: { webhookSecret: 's' } } } },
    );
    expect(warnings).toEqual([
      expect.stringContaining(
        'does not end in /api/events/http/bitbucketServer',
      ),
    ]);
  });

  it('warns that there is no hourly budget for pull requests', () => {
    const events = { modules: { bitbucketServer: { webhookSecret: 's' } } };
    const warningsOf = (pullRequests: JsonObject) =>
      read({ one: { host: HOST, pullRequests } }, { events }).warnings;
    expect(warningsOf({ requestsPerHour: 100 })).toEqual([
      'catalog.providers.bitbucketServer.one.pullRequests.requestsPerHour has no effect, since Bitbucket Data Center has no hourly budget. To limit requests, set requestsPerSecond of the entry in integrations.bitbucketServer; remove requestsPerHour.',
    ]);
    expect(warningsOf({})).toEqual([]);
  });

  it('warns of a key of Bitbucket Cloud, which has no effect here', () => {
    expect(
      read({ host: HOST, filters: { query: 'a = 1' }, workspace: 'acme' })
        .warnings,
    ).toEqual([
      expect.stringContaining('bitbucketServer.workspace is unknown'),
      expect.stringContaining('filters.query is unknown'),
    ]);
  });
});

import { ConfigReader } from '@backstage/config';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { readDataCenterIntegrations } from './dataCenterIntegration';
import { readDataCenterProviders } from './dataCenterProviders';
import { readIntegrationConfig } from './integration';
import { readProviderConfigs } from './providers';
import { readWebhookConfig, webhookKeys } from './webhooks';

const read = (name: string) =>
  readFileSync(resolve(__dirname, '../..', name), 'utf8');

/** An example with the keys that it holds in comments. */
const uncomment = (text: string) =>
  text.replace(/^( +)# (\w+: (?:\S+|\{.*\}))$/gm, '$1$2');

const keysOf = (text: string) =>
  [...text.matchAll(/^ +(?:- )?(\w+):/gm)].map(([, key]) => key);

describe('app-config.example.yaml', () => {
  const text = read('app-config.example.yaml');

  it('is accepted as it stands', () => {
    const config = new ConfigReader(parse(text));
    expect(readIntegrationConfig(config).warnings).toEqual([]);
    expect(readProviderConfigs(config)).toMatchObject({
      value: [{ id: 'libraries' }, { id: 'acme', branch: 'production' }],
      warnings: [],
    });
  });

  it('is accepted with every key that it holds in a comment', () => {
    const uncommented = uncomment(text);
    expect(keysOf(uncommented)).toEqual(
      expect.arrayContaining([
        ...['username', 'token', 'clientId', 'clientSecret', 'appPassword'],
        ...['commitSigningKey', 'apiBaseUrl', 'concurrency'],
        ...['requestsPerHour', 'freshness', 'maxFileSize', 'fullWalk'],
        ...['workspace', 'catalogPath'],
        ...['branch', 'fallbackToDefaultBranch', 'filters', 'projectKey'],
        ...['repoSlug', 'exclude', 'visibility', 'forks', 'query', 'schedule'],
        ...['frequency', 'timeout', 'initialDelay', 'scope', 'pagelen'],
        ...['removals', 'maxPercentage', 'webhookSecret', 'allowUnsigned'],
        ...['webhooks', 'url'],
      ]),
    );
    const config = new ConfigReader(parse(uncommented, { uniqueKeys: false }));
    expect(readIntegrationConfig(config).value).toMatchObject({
      credential: { kind: 'oauth' },
      requestsPerHour: 1000,
      freshnessMs: 120_000,
      maxFileBytes: 1_048_576,
    });
  });
});

describe('app-config.data-center.example.yaml', () => {
  const text = read('app-config.data-center.example.yaml');
  const uncommented = uncomment(text);

  const readAll = (yaml: string) => {
    const config = new ConfigReader(parse(yaml));
    const integrations = readDataCenterIntegrations(config);
    const providers = readDataCenterProviders(config, integrations.value);
    return { integrations, providers };
  };

  it('is accepted as it stands', () => {
    const { integrations, providers } = readAll(text);
    expect(integrations).toMatchObject({
      value: [
        {
          baseUrl: 'https://git.example.com',
          credential: { kind: 'httpAccessToken' },
          concurrency: 8,
          requestsPerSecond: undefined,
          freshnessMs: 120_000,
          maxFileBytes: 1_048_576,
        },
        { host: 'git.example.org' },
      ],
      warnings: [],
    });
    expect(providers).toMatchObject({
      value: [
        { id: 'other', workspace: 'git.example.org' },
        { id: 'main', branch: 'production', pagelen: 1_000 },
      ],
      warnings: [],
    });
    expect(
      readWebhookConfig(
        new ConfigReader(parse(text)),
        webhookKeys('bitbucketServer'),
      ),
    ).toMatchObject({ secrets: [expect.any(String)], allowUnsigned: false });
  });

  it('is accepted with every key that it holds in a comment', () => {
    const { integrations, providers } = readAll(uncommented);
    // Which is there beside the token.
    expect(integrations.warnings).toEqual([
      'integrations.bitbucketServer[0].username and integrations.bitbucketServer[0].password have no effect: token takes precedence. Remove the keys that you do not need.',
    ]);
    expect(integrations.value[0]).toMatchObject({
      baseUrl: 'https://git.example.com/bitbucket',
      requestsPerSecond: 20,
    });
    expect(providers.warnings).toEqual([]);
    expect(providers.value[1].pullRequests).toBeDefined();
  });
});

describe('config.d.ts', () => {
  const [, ofDataCenter] = read('config.d.ts').match(
    /bitbucketServer\?: Array<\{(.*?)\n {4}\}>;/s,
  )!;

  /** The keys of an entry, each with its visibility. */
  const visibilityOf = Object.fromEntries(
    [...ofDataCenter.matchAll(/@visibility (\w+)\n +\*\/\n +(\w+)\??:/g)].map(
      ([, visibility, key]) => [key, visibility],
    ),
  );

  it('has every key of the example for Bitbucket Data Center', () => {
    const declared = keysOf(read('config.d.ts').replace(/\?:/g, ':'));
    const example = uncomment(read('app-config.data-center.example.yaml'));
    const values = ['other', 'main', 'minutes', 'seconds', 'hours'];
    // Those of Backstage's schedules are declared there.
    const ofSchedules = ['frequency', 'timeout', 'initialDelay', 'scope'];
    const missing = keysOf(example).filter(
      key => ![...declared, ...values, ...ofSchedules].includes(key),
    );
    expect(missing).toEqual([]);
  });

  it('shows no credential of Bitbucket Data Center to a frontend', () => {
    expect(visibilityOf).toMatchObject({
      host: 'frontend',
      token: 'secret',
      username: 'secret',
      password: 'secret',
      commitSigningKey: 'secret',
      requestsPerSecond: 'backend',
    });
    expect(Object.keys(visibilityOf)).toHaveLength(12);
  });
});

import { ConfigReader } from '@backstage/config';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { readIntegrationConfig } from './integration';
import { readProviderConfigs } from './providers';

describe('app-config.example.yaml', () => {
  const text = readFileSync(
    resolve(__dirname, '../../app-config.example.yaml'),
    'utf8',
  );

  it('is accepted as it stands', () => {
    const config = new ConfigReader(parse(text));
    expect(readIntegrationConfig(config).warnings).toEqual([]);
    expect(readProviderConfigs(config)).toMatchObject({
      value: [{ id: 'libraries' }, { id: 'acme', branch: 'production' }],
      warnings: [],
    });
  });

  it('is accepted with every key that it holds in a comment', () => {
    const uncommented = text.replace(/^( +)# (\w+: (?:\S+|\{.+\}))$/gm, '$1$2');
    const keys = [...uncommented.matchAll(/^ +(?:- )?(\w+):/gm)].map(
      ([, key]) => key,
    );
    expect(keys).toEqual(
      expect.arrayContaining([
        ...['username', 'token', 'clientId', 'clientSecret', 'appPassword'],
        ...['commitSigningKey', 'apiBaseUrl', 'concurrency'],
        ...['requestsPerHour', 'freshness', 'maxFileSize', 'fullWalk'],
        ...['workspace', 'catalogPath'],
        ...['branch', 'fallbackToDefaultBranch', 'filters', 'projectKey'],
        ...['repoSlug', 'exclude', 'visibility', 'forks', 'query', 'schedule'],
        ...['frequency', 'timeout', 'initialDelay', 'scope', 'pagelen'],
        ...['removals', 'maxPercentage', 'webhookSecret'],
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

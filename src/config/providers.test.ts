import { ConfigReader } from '@backstage/config';
import { readProviderConfigs } from './providers';

type Section = NonNullable<ConstructorParameters<typeof ConfigReader>[0]>;

const KEY = 'catalog.providers.bitbucketCloud';
const UNSET =
  'An environment variable that is not set leaves out the key that refers to it with ${…}.';

function read(bitbucketCloud: Section[string]) {
  return readProviderConfigs(
    new ConfigReader({ catalog: { providers: { bitbucketCloud } } }),
  );
}

const defaults = {
  id: 'default',
  workspace: 'acme',
  catalogPaths: ['/catalog-info.yaml'],
  fallbackToDefaultBranch: false,
  filters: { exclude: {}, forks: true },
  schedule: { frequency: { minutes: 2 }, timeout: { minutes: 10 } },
  removals: { maxPercentage: 20 },
  pagelen: 100,
};

describe('readProviderConfigs', () => {
  it('reads nothing where nothing is configured', () => {
    expect(readProviderConfigs(new ConfigReader({}))).toEqual({
      value: [],
      warnings: [],
    });
  });

  it('gives a single provider the id "default", and each key its default', () => {
    expect(read({ workspace: 'acme' })).toEqual({
      value: [defaults],
      warnings: [],
    });
  });

  it('reads a map of providers by id', () => {
    expect(
      read({
        one: { workspace: 'acme' },
        'two-2': { workspace: 'other', catalogPath: 'catalog.yaml' },
        gone: null,
      }),
    ).toEqual({
      value: [
        { ...defaults, id: 'one' },
        {
          ...defaults,
          id: 'two-2',
          workspace: 'other',
          catalogPaths: ['catalog.yaml'],
        },
      ],
      warnings: [],
    });
  });

  it('takes ids that are named like keys of a provider', () => {
    const { value } = read({
      filters: { workspace: 'acme' },
      schedule: { workspace: 'other' },
    });
    expect(value.map(({ id }) => id)).toEqual(['filters', 'schedule']);
  });

  it.each<[string, Section, object]>([
    ['a UUID', { workspace: '{6f2a1c0e-0b1d-4c3e-8f5a-9b7c6d5e4f3a}' }, {}],
    ['a slug with all it may hold', { workspace: 'Acme_corp-2.0' }, {}],
    ['space around a slug', { workspace: ' acme ' }, { workspace: 'acme' }],
    [
      'a list of paths, each once',
      { workspace: 'acme', catalogPath: ['/a.yaml', '**/b.yaml', '/a.yaml'] },
      { catalogPaths: ['/a.yaml', '**/b.yaml'] },
    ],
    [
      'braces in paths, expanded',
      {
        workspace: 'acme',
        catalogPath: ['**/catalog-info.{yaml,yml}', ' /catalog-info.yaml '],
      },
      {
        catalogPaths: [
          '**/catalog-info.yaml',
          '**/catalog-info.yml',
          '/catalog-info.yaml',
        ],
      },
    ],
    [
      'a branch',
      { workspace: 'acme', branch: 'release/2026-11' },
      { branch: 'release/2026-11', fallbackToDefaultBranch: false },
    ],
    [
      'a branch with a fallback',
      { workspace: 'acme', branch: 'x', fallbackToDefaultBranch: true },
      { branch: 'x', fallbackToDefaultBranch: true },
    ],
    [
      'values of environment variables, which are text',
      {
        workspace: 'acme',
        pagelen: ' 50 ',
        branch: 'x',
        fallbackToDefaultBranch: 'yes',
        filters: { forks: 'false' },
      },
      {
        pagelen: 50,
        branch: 'x',
        fallbackToDefaultBranch: true,
        filters: { exclude: {}, forks: false },
      },
    ],
    [
      'removals',
      { workspace: 'acme', removals: { maxPercentage: '0' } },
      { removals: { maxPercentage: 0 } },
    ],
    [
      'an interval between full walks',
      { workspace: 'acme', fullWalk: 'PT6H' },
      { fullWalkMs: 21_600_000 },
    ],
    ['the largest page', { workspace: 'acme', pagelen: 100 }, { pagelen: 100 }],
    ['the smallest page', { workspace: 'acme', pagelen: 1 }, { pagelen: 1 }],
    [
      'filters that are no patterns',
      {
        workspace: 'acme',
        filters: { visibility: 'public', query: 'language = "java"' },
      },
      {
        filters: {
          exclude: {},
          forks: true,
          visibility: 'public',
          query: 'language = "java"',
        },
      },
    ],
    [
      'a schedule without a timeout',
      { workspace: 'acme', schedule: { frequency: 'PT1H' } },
      { schedule: { frequency: { hours: 1 }, timeout: { minutes: 10 } } },
    ],
    [
      'a schedule without a frequency',
      { workspace: 'acme', schedule: { timeout: '5m' } },
      { schedule: { frequency: { minutes: 2 }, timeout: { minutes: 5 } } },
    ],
    [
      'a whole schedule',
      {
        workspace: 'acme',
        schedule: {
          frequency: { cron: '0 * * * *' },
          timeout: { minutes: '5' },
          initialDelay: { seconds: 15 },
          scope: 'local',
        },
      },
      {
        schedule: {
          frequency: { cron: '0 * * * *' },
          timeout: { minutes: 5 },
          initialDelay: { seconds: 15 },
          scope: 'local',
        },
      },
    ],
    [
      'a schedule on demand',
      { workspace: 'acme', schedule: { frequency: { trigger: 'manual' } } },
      {
        schedule: {
          frequency: { trigger: 'manual' },
          timeout: { minutes: 10 },
        },
      },
    ],
  ])('takes %s', (_, provider, expected) => {
    const { value, warnings } = read(provider);
    expect(value).toEqual([
      { ...defaults, workspace: provider.workspace, ...expected },
    ]);
    expect(warnings).toEqual([]);
  });

  it.each<[string, Section, string[]]>([
    [
      'an empty section',
      {},
      [
        `${KEY} is empty, so nothing is read from Bitbucket Cloud. Add workspace, or remove the key. ${UNSET}`,
      ],
    ],
    [
      'a fallback without a branch',
      { workspace: 'acme', fallbackToDefaultBranch: true },
      [
        `${KEY}.fallbackToDefaultBranch has no effect without branch: each repository is read at its default branch anyway.`,
      ],
    ],
    [
      'filters that can hardly match what they are meant for',
      {
        workspace: 'acme',
        filters: {
          projectKey: '^(pay|Core)$',
          repoSlug: 'service-*',
          exclude: { projectKey: 'OLD|[a-z]+', repoSlug: 'My-Service' },
        },
      },
      [
        `${KEY}.filters.projectKey is '^(pay|Core)$', but project keys are in upper case. Write '^(PAY|CORE)$'.`,
        `${KEY}.filters.repoSlug is 'service-*', which repeats only the character before the star. For names that begin with 'service-', write 'service-.*'.`,
        `${KEY}.filters.exclude.repoSlug is 'My-Service', but slugs are in lower case. Write 'my-service'.`,
      ],
    ],
    [
      'unknown keys on every level',
      {
        acme: {
          workspace: 'acme',
          catalogpath: 'x',
          filters: { projectkey: 'x', exclude: { slug: 'x' } },
          schedule: { timout: 'x' },
        },
      },
      [
        `${KEY}.acme.catalogpath is unknown and has no effect. Did you mean catalogPath?`,
        `${KEY}.acme.filters.projectkey is unknown and has no effect. Did you mean projectKey?`,
        `${KEY}.acme.filters.exclude.slug is unknown and has no effect. Did you mean repoSlug?`,
        `${KEY}.acme.schedule.timout is unknown and has no effect. Did you mean timeout?`,
      ],
    ],
    [
      'a key that is near to none',
      { workspace: 'acme', validateLocationsExist: true },
      [
        `${KEY}.validateLocationsExist is unknown and has no effect. Known keys are workspace, catalogPath, branch, fallbackToDefaultBranch, removals, schedule, fullWalk, webhooks, pullRequests, filters, pagelen.`,
      ],
    ],
  ])('warns of %s', (_, section, warnings) => {
    expect(read(section).warnings).toEqual(warnings);
  });
});

import { ConfigReader } from '@backstage/config';
import { readProviderConfigs } from './providers';

type Provider = NonNullable<ConstructorParameters<typeof ConfigReader>[0]>;

function warningsOf(one: Provider, two: Provider) {
  return readProviderConfigs(
    new ConfigReader({
      catalog: {
        providers: {
          bitbucketCloud: {
            one: { workspace: 'acme', ...one },
            two: { workspace: 'acme', ...two },
          },
        },
      },
    }),
  ).warnings;
}

describe('two providers of one workspace', () => {
  it.each<[string, Provider, Provider]>([
    ['nothing else', {}, { workspace: 'Acme' }],
    ['one filter less', {}, { filters: { projectKey: 'X' } }],
    ['one shared path', {}, { catalogPath: ['a.yaml', '/catalog-info.yaml'] }],
    ['the same branch', { branch: 'x' }, { branch: 'x' }],
    ['forks or not', {}, { filters: { forks: false } }],
    [
      'the same filter',
      { filters: { repoSlug: 'x' } },
      { filters: { repoSlug: 'x', visibility: 'public' } },
    ],
  ])('are warned of with %s', (_, one, two) => {
    expect(warningsOf(one, two)).toEqual([
      `catalog.providers.bitbucketCloud.two reads /catalog-info.yaml of workspace ${
        two.workspace ?? 'acme'
      }, and so does catalog.providers.bitbucketCloud.one: their filters overlap. Remove one of the two, or exclude from each what the other one reads.`,
    ]);
  });

  it.each<[string, Provider, Provider]>([
    ['workspaces', {}, { workspace: 'other' }],
    ['paths', {}, { catalogPath: '/a.yaml' }],
    ['branches', {}, { branch: 'x' }],
    [
      'projects',
      { filters: { projectKey: 'A' } },
      { filters: { projectKey: 'B' } },
    ],
    [
      'visibilities',
      { filters: { visibility: 'public' } },
      { filters: { visibility: 'private' } },
    ],
    [
      'queries',
      { filters: { query: 'language = "java"' } },
      { filters: { query: 'language = "go"' } },
    ],
    [
      'sides of one pattern',
      { filters: { repoSlug: 'x' } },
      { filters: { exclude: { repoSlug: 'x' } } },
    ],
    [
      'sides of one pattern, the other way round',
      { filters: { exclude: { projectKey: 'X' } } },
      { filters: { projectKey: 'X' } },
    ],
  ])('are fine with different %s', (_, one, two) => {
    expect(warningsOf(one, two)).toEqual([]);
  });
});

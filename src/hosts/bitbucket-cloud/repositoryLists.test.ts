import { RepositoryFilters, ValueMatcher } from '../../scm/types';
import { toRepositoryQuery } from './repositoryLists';

const matcher = (pattern: string): ValueMatcher => ({
  pattern,
  select: values => new Set(values),
});

const filters = (some: Partial<RepositoryFilters>): RepositoryFilters => ({
  exclude: {},
  forks: true,
  ...some,
});

describe('toRepositoryQuery', () => {
  it.each<[Partial<RepositoryFilters>, string | undefined]>([
    [{}, undefined],
    [{ projectKey: matcher('PAY') }, 'project.key = "PAY"'],
    [
      { projectKey: matcher('^(PAY|CORE)$') },
      '(project.key = "PAY" OR project.key = "CORE")',
    ],
    [{ projectKey: matcher('PAY.*') }, undefined],
    [
      { exclude: { projectKey: matcher('OLD|TMP') } },
      'project.key != "OLD" AND project.key != "TMP"',
    ],
    [{ repoSlug: matcher('payments') }, undefined],
    [{ visibility: 'private' }, 'is_private = true'],
    [{ visibility: 'public' }, 'is_private = false'],
    [{ forks: false }, 'parent = null'],
    [
      { query: 'language = "go" OR size > 1', visibility: 'public' },
      '(language = "go" OR size > 1) AND is_private = false',
    ],
  ])('%j asks %s', (some, expected) => {
    expect(toRepositoryQuery(filters(some))).toBe(expected);
  });

  it('leaves out lists of projects that are too long for a URL', () => {
    const keys = Array.from({ length: 150 }, (_, index) => `TEAM${index}`);
    const long = matcher(keys.join('|'));
    expect(toRepositoryQuery(filters({ projectKey: long, forks: false }))).toBe(
      'parent = null',
    );
    expect(
      toRepositoryQuery(filters({ exclude: { projectKey: long } })),
    ).toBeUndefined();
  });
});

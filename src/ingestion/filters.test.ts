import { RepositoryFilters, ValueMatcher } from '../scm/types';
import { Repository } from '../scm/types';
import { isIncluded } from './filters';
import { planCatalogPaths } from './repositoryFiles';

const payments: Repository = {
  uuid: '{1}',
  slug: 'payments',
  fullName: 'acme/payments',
  projectKey: 'PAY',
  isPrivate: true,
  isFork: false,
};

function matcher(pattern: string): ValueMatcher {
  const whole = new RegExp(`^(?:${pattern})$`);
  const select = (values: Iterable<string>) =>
    new Set([...values].filter(value => whole.test(value)));
  return { pattern, select };
}

function filters(some: Partial<RepositoryFilters>): RepositoryFilters {
  return { exclude: {}, forks: true, ...some };
}

describe('isIncluded', () => {
  it.each<[string, Partial<RepositoryFilters>, boolean]>([
    ['no filter', {}, true],
    ['a project', { projectKey: matcher('PAY') }, true],
    ['another project', { projectKey: matcher('CORE|OPS') }, false],
    ['a slug', { repoSlug: matcher('pay.*') }, true],
    ['another slug', { repoSlug: matcher('pay') }, false],
    ['an excluded project', { exclude: { projectKey: matcher('P.Y') } }, false],
    ['an excluded slug', { exclude: { repoSlug: matcher('pay.*') } }, false],
    ['another excluded slug', { exclude: { repoSlug: matcher('x') } }, true],
    ['private ones', { visibility: 'private' }, true],
    ['public ones', { visibility: 'public' }, false],
    ['no forks', { forks: false }, true],
  ])('%s', (_, some, expected) => {
    expect(isIncluded(payments, filters(some))).toBe(expected);
  });

  it('leaves forks out where they are not wanted', () => {
    const fork = { ...payments, isFork: true };
    expect(isIncluded(fork, filters({}))).toBe(true);
    expect(isIncluded(fork, filters({ forks: false }))).toBe(false);
  });

  it('names the filter that cannot be applied', () => {
    const slow: ValueMatcher = {
      pattern: '(a+)+',
      select: () => {
        throw new Error('too slow');
      },
    };
    expect(() =>
      isIncluded(payments, filters({ exclude: { repoSlug: slow } })),
    ).toThrow('filters.exclude.repoSlug: too slow');
  });

  it('takes a repository without a project for one whose key is empty', () => {
    const { projectKey, ...homeless } = payments;
    const inPay = filters({ projectKey: matcher(projectKey ?? '') });
    expect(isIncluded(homeless, inPay)).toBe(false);
    expect(isIncluded(homeless, filters({}))).toBe(true);
  });
});

function questions(patterns: string[]) {
  const { files, globs } = planCatalogPaths(patterns);
  return { files, folders: globs.map(glob => glob.folder) };
}

describe('planCatalogPaths', () => {
  it('asks for an anchored path directly', () => {
    expect(questions(['/catalog-info.yaml', '/deploy/backstage.yaml'])).toEqual(
      { files: ['catalog-info.yaml', 'deploy/backstage.yaml'], folders: [] },
    );
  });

  it('looks for a path that is not anchored in every folder', () => {
    const { files, globs } = planCatalogPaths(['catalog-info.yaml']);
    expect(files).toEqual([]);
    expect(globs).toHaveLength(1);
    expect(globs[0].matches('catalog-info.yaml')).toBe(true);
    expect(globs[0].matches('a/b/catalog-info.yaml')).toBe(true);
  });

  it('asks once for what is listed twice, or found by a glob anyway', () => {
    expect(
      questions([
        '/catalog-info.yaml',
        '/catalog-info.yaml',
        '/**/catalog-info.yaml',
        '/other.yaml',
      ]),
    ).toEqual({ files: ['other.yaml'], folders: [''] });
  });

  it('lists each folder once', () => {
    const { files, globs } = planCatalogPaths([
      '/services/*/catalog-info.yaml',
      '/services/**/api.yaml',
      '/libraries/*/catalog-info.yaml',
    ]);
    expect(files).toEqual([]);
    expect(globs.map(glob => glob.folder)).toEqual(['services', 'libraries']);
    expect(globs[0].matches('services/a/catalog-info.yaml')).toBe(true);
    expect(globs[0].matches('services/a/b/api.yaml')).toBe(true);
  });
});

import { expandBraces } from './globs';

const expand = (pattern: string) =>
  expandBraces(pattern, { limit: 100, trim: true });

describe('expandBraces', () => {
  it.each([
    ['/catalog-info.yaml', ['/catalog-info.yaml']],
    ['/catalog-info.{yaml,yml}', ['/catalog-info.yaml', '/catalog-info.yml']],
    ['**/{a,b}/c.{x, y}', ['**/a/c.x', '**/a/c.y', '**/b/c.x', '**/b/c.y']],
    [
      '/catalog-info{,-dev}.yaml',
      ['/catalog-info.yaml', '/catalog-info-dev.yaml'],
    ],
    ['/{a,b{c,d{e,f}}}', ['/a', '/bc', '/bde', '/bdf']],
    ['/{a,{a,b}}', ['/a', '/b']],
  ])('expands %s', (pattern, expected) => {
    expect(expand(pattern).sort()).toEqual(expected.sort());
  });

  it('keeps blanks around alternatives unless they are to be trimmed', () => {
    expect(expandBraces('{a, b}', { limit: 2 })).toEqual(['a', ' b']);
  });

  it.each([
    ['/catalog-info.{yaml}', 'no-comma'],
    ['/team-{1..3}/catalog-info.yaml', 'no-comma'],
    ['/catalog-info.{yaml,yml', 'unbalanced'],
    ['/{a,b}}', 'unbalanced'],
    ['{0,1}'.repeat(40), 'too-many'],
    ['{a,'.repeat(2_000), 'unbalanced'],
    [`${'{a,'.repeat(200)}b${'}'.repeat(200)}{0,1}`.repeat(10), 'too-many'],
  ])('rejects %.40s', (pattern, problem) => {
    expect(() => expand(pattern)).toThrow(problem);
  });
});

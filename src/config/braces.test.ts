import { expandBraces } from './catalogPaths';

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
  ])('expands %s', (path, expected) => {
    expect(expandBraces(path).sort()).toEqual(expected.sort());
  });

  it.each([
    ['/catalog-info.{yaml}', 'has braces without a comma'],
    ['/team-{1..3}/catalog-info.yaml', 'has braces without a comma'],
    ['/catalog-info.{yaml,yml', 'has a brace without its counterpart'],
    ['/{a,b}}', 'has a brace without its counterpart'],
    ['{0,1}'.repeat(40), 'stands for more than 100 paths'],
    ['{a,'.repeat(2_000), 'has a brace without its counterpart'],
    [
      `${'{a,'.repeat(200)}b${'}'.repeat(200)}{0,1}`.repeat(10),
      'stands for more than 100 paths',
    ],
  ])('rejects %.40s', (path, problem) => {
    expect(() => expandBraces(path)).toThrow(problem);
  });
});

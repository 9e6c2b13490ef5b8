import { minimatch } from 'minimatch';
import { createPathGlob, createPathMatcher, mergeGlobs } from './globs';

describe('createPathGlob', () => {
  it.each([
    ['**/catalog-info.yaml', 'catalog-info.yaml', true],
    ['**/catalog-info.yaml', 'services/.hidden/catalog-info.yaml', true],
    ['**/catalog-info.yaml', 'services/my-catalog-info.yaml', false],
    ['services/*/catalog-info.yaml', 'services/a/catalog-info.yaml', true],
    ['services/*/catalog-info.yaml', 'services/a/b/catalog-info.yaml', false],
    ['services/*/catalog-info.yaml', 'services/catalog-info.yaml', false],
    ['services/**/catalog-info.yaml', 'services/catalog-info.yaml', true],
    ['services/**/catalog-info.yaml', 'other/catalog-info.yaml', false],
    ['catalog/*.yaml', 'catalog/users.yaml', true],
    ['catalog/*.yaml', 'catalog/.yaml', true],
    ['catalog/*.yaml', 'catalog/users.yml', false],
    ['catalog-*-*.yaml', 'catalog-a-b.yaml', true],
  ])('%s on %s: %s', (pattern, path, expected) => {
    expect(createPathGlob(pattern).matches(path)).toBe(expected);
  });

  it.each(['[id]', '{a,b}', 'dev#1', '!odd', 'what?', '+(x)', 'überblick'])(
    'takes the folder name %s literally',
    folder => {
      const glob = createPathGlob(`${folder}/*.yaml`);
      expect(glob.folder).toBe(folder);
      expect(glob.matches(`${folder}/api.yaml`)).toBe(true);
      expect(createPathGlob(`*/${folder}/*`).matches(`a/${folder}/b`)).toBe(
        true,
      );
      expect(createPathGlob(`*/${folder}/*`).matches('a/i/b')).toBe(false);
    },
  );

  it.each([
    ['catalog-*.yaml', '', 1],
    ['services/*/catalog-info.yaml', 'services', 2],
    ['a/b/*/*.yaml', 'a/b', 2],
    ['a/**/x.yaml', 'a', 100],
  ])('looks for %s below "%s", %d levels deep', (pattern, folder, depth) => {
    expect(createPathGlob(pattern)).toMatchObject({ folder, depth });
  });

  it('knows texts that every match holds', () => {
    expect(createPathGlob('services/*/catalog-*.yaml').hints).toEqual([
      ['catalog-', '.yaml'],
    ]);
    expect(createPathGlob('**/api/catalog-info.yaml').hints).toEqual([
      ['api', 'catalog-info.yaml'],
    ]);
  });
});

describe('mergeGlobs', () => {
  it('matches what any of the globs matches', () => {
    const merged = mergeGlobs([
      createPathGlob('*/catalog-info.yaml'),
      createPathGlob('**/catalog-info.yml'),
    ]);
    expect(merged.matches('a/catalog-info.yaml')).toBe(true);
    expect(merged.matches('a/b/catalog-info.yml')).toBe(true);
    expect(merged.matches('a/b/catalog-info.yaml')).toBe(false);
    expect(merged.depth).toBe(100);
    expect(merged.hints).toEqual([['catalog-info.yaml'], ['catalog-info.yml']]);
  });
});

describe('createPathMatcher', () => {
  const paths = lists(['a', 'b', 'ab', 'aab', 'a.b'], 3).map(segments =>
    segments.join('/'),
  );
  const patterns = lists(['a', '*', '**', 'a*', '*b', 'a*b', '*a*b'], 3);

  it.each(patterns.map(segments => [segments.join('/')]))(
    'finds for %s what a shell would find',
    pattern => {
      const matches = createPathMatcher(pattern);
      expect(paths.filter(matches)).toEqual(
        paths.filter(path => minimatch(path, pattern, { dot: true })),
      );
    },
  );

  it.each([
    [`${'*a'.repeat(100)}.yaml`, `${'a'.repeat(5_000)}b`],
    [`${'**/a/'.repeat(100)}b`, `${'a/'.repeat(1_000)}c`],
  ])('gives an answer to %s', (pattern, path) => {
    expect(createPathMatcher(pattern)(path)).toBe(false);
  });
});

/** All lists of up to so many of some items. */
function lists(items: string[], length: number): string[][] {
  const shorter = length > 1 ? lists(items, length - 1) : [[]];
  return [
    ...shorter.filter(list => list.length > 0),
    ...shorter
      .filter(list => list.length === length - 1)
      .flatMap(list => items.map(item => [...list, item])),
  ];
}

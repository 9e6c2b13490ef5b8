import { createPathGlob, mergeGlobs } from './globs';

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
  it('wants what any of them wants', () => {
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

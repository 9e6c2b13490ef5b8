import { planCatalogPaths } from './filters';

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

import { startWorld } from '../../testing/workspace';
import { findCatalogFiles } from './catalogFiles';

const FILES = Object.fromEntries(
  [
    'catalog-info.yaml',
    'catalog-info.yaml.md',
    'old/backstage.yaml',
    'services/a/backstage.yaml',
    'services/a/catalog-info.yaml',
    'services/b/deep/catalog-info.yaml',
    'services-old/catalog-info.yaml',
    'teams/red.yaml',
    'teams/more/blue.yaml',
  ].map(path => [path, 'text\n']),
);

/** The files that are found, and how many requests that takes. */
async function find(folder: string, patterns: string[]) {
  const { index, cost } = await startWorld({ shop: FILES });
  const repository = await index.repositories.find('acme/shop', {});
  const files = await index.files.open(repository, 'main', {});
  let paths: string[] = [];
  const requests = await cost(async () => {
    paths = await findCatalogFiles(files!, folder, patterns, {});
  });
  return { paths, requests };
}

describe('findCatalogFiles', () => {
  it('finds files in any folder, or in one place, with one listing', async () => {
    const patterns = ['catalog-info.yaml', '/old/backstage.yaml'];
    expect(await find('', patterns)).toEqual({
      paths: [
        'catalog-info.yaml',
        'old/backstage.yaml',
        'services-old/catalog-info.yaml',
        'services/a/catalog-info.yaml',
        'services/b/deep/catalog-info.yaml',
      ],
      requests: 1,
    });
  });

  it('finds those of a folder only', async () => {
    const patterns = [
      'catalog-info.yaml',
      '/services/*/backstage.yaml',
      '/old/backstage.yaml',
    ];
    expect(await find('services', patterns)).toEqual({
      paths: [
        'services/a/backstage.yaml',
        'services/a/catalog-info.yaml',
        'services/b/deep/catalog-info.yaml',
      ],
      requests: 1,
    });
  });

  it('looks for any name in the folder of that pattern only', async () => {
    const patterns = ['/catalog-info.yaml', '/teams/*.yaml'];
    expect(await find('', patterns)).toEqual({
      paths: ['catalog-info.yaml', 'teams/red.yaml'],
      requests: 2,
    });
    expect((await find('teams/more', patterns)).paths).toEqual([]);
  });

  it('finds nothing in a folder that does not exist', async () => {
    expect((await find('gone', ['catalog-info.yaml'])).paths).toEqual([]);
  });
});

import { mockServices } from '@backstage/backend-test-utils';
import knexFactory, { Knex } from 'knex';
import { CatalogFile } from '../discovery';
import { openDatabase } from '../workspace';
import { KnownFiles } from './knownFiles';

function file(slug: string, path = 'catalog-info.yaml'): CatalogFile {
  const repository = {
    uuid: `{${slug}}`,
    fullName: `acme/${slug}`,
    isPrivate: true,
  };
  return { repository, branch: 'release/1', path };
}

function byPath(a: CatalogFile, b: CatalogFile): number {
  return a.path.localeCompare(b.path);
}

describe('KnownFiles', () => {
  let knex: Knex;

  beforeEach(async () => {
    const client = knexFactory({
      client: 'better-sqlite3',
      connection: ':memory:',
      useNullAsDefault: true,
    });
    knex = await openDatabase(
      mockServices.database({ knex: client, migrations: { skip: false } }),
    );
  });
  afterEach(() => knex.destroy());

  it('knows nothing at first', async () => {
    expect(await new KnownFiles(knex, 'p').load()).toEqual({
      files: [],
      complete: false,
    });
  });

  it('remembers files of its provider, also those it knows already', async () => {
    await new KnownFiles(knex, 'other').remember([file('theirs')]);
    const known = new KnownFiles(knex, 'p');
    await known.remember([file('a')]);
    await known.remember([file('a'), file('b')]);
    await known.markComplete();
    await known.markComplete();
    expect(await new KnownFiles(knex, 'p').load()).toEqual({
      files: [file('a'), file('b')],
      complete: true,
    });
  });

  it('forgets files', async () => {
    const known = new KnownFiles(knex, 'p');
    await known.remember([file('a'), file('b')]);
    await known.forget([file('a'), file('never-known')]);
    expect((await known.load()).files).toEqual([file('b')]);
  });

  it('takes any number of files and any path', async () => {
    const many = Array.from({ length: 1201 }, (_, index) =>
      file('a', `${'ü/'.repeat(2500)}${index}`),
    );
    const known = new KnownFiles(knex, 'p');
    await known.remember(many);
    const { files } = await known.load();
    expect(files.sort(byPath)).toEqual([...many].sort(byPath));
    await known.forget(many);
    expect((await known.load()).files).toEqual([]);
  });
});

import { mockServices } from '@backstage/backend-test-utils';
import knexFactory, { Knex } from 'knex';
import { openDatabase } from './database';
import { KnownRepositories } from './knownRepositories';

function repository(slug: string, uuid = `{${slug}}`) {
  return { uuid, fullName: `acme/${slug}`, isPrivate: true };
}

describe('KnownRepositories', () => {
  let knex: Knex;
  let known: KnownRepositories;

  beforeEach(async () => {
    knex = knexFactory({
      client: 'better-sqlite3',
      connection: ':memory:',
      useNullAsDefault: true,
    });
    const database = mockServices.database({
      knex,
      migrations: { skip: false },
    });
    await openDatabase(database, mockServices.logger.mock());
    known = new KnownRepositories(knex);
  });
  afterEach(() => knex.destroy());

  it('remembers repositories by their names, old ones too', async () => {
    await known.remember([repository('old', '{1}'), repository('other')]);
    await known.remember([repository('new', '{1}'), repository('other')]);
    expect(
      await known.byFullName(['acme/old', 'acme/new', 'acme/unknown']),
    ).toEqual(
      new Map([
        ['acme/old', repository('old', '{1}')],
        ['acme/new', repository('new', '{1}')],
      ]),
    );
  });

  it('takes a name for that of the repository that had it last', async () => {
    await known.remember([repository('shop', '{1}')]);
    await known.remember([{ ...repository('shop', '{2}'), isPrivate: false }]);
    expect(await known.byFullName(['acme/shop'])).toEqual(
      new Map([
        ['acme/shop', { ...repository('shop', '{2}'), isPrivate: false }],
      ]),
    );
  });

  it('takes any number of repositories', async () => {
    const many = Array.from({ length: 1201 }, (_, index) =>
      repository(`r${index}`),
    );
    await known.remember(many);
    const names = many.map(({ fullName }) => fullName);
    expect((await known.byFullName(names)).size).toBe(1201);
  });
});

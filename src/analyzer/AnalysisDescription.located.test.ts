import { Knex } from 'knex';
import { catalogDatabase, catalogTablesIn } from '../../testing/catalog-tables';
import { readLocatedFiles } from './AnalysisDescription';

const UUID = '{a2f1ca01-3e5c-4fd3-9a86-dbcf2ae7ae41}';
const SHOP = 'https://bitbucket.org/acme/shop';

describe('readLocatedFiles', () => {
  let knex: Knex;

  beforeEach(async () => {
    knex = await catalogDatabase();
  });

  const add = (entityRef: string, spec: object, keys: string[] = []) =>
    Promise.all([
      knex('refresh_state').insert({
        entity_id: entityRef,
        entity_ref: entityRef,
        unprocessed_entity: JSON.stringify({ kind: 'Location', spec }),
      }),
      ...keys.map(key =>
        knex('refresh_keys').insert({ entity_id: entityRef, key }),
      ),
    ]);

  const read = () =>
    readLocatedFiles(
      catalogTablesIn(async () => knex),
      {
        fullNames: ['acme/shop', 'acme/old'],
        uuid: UUID,
        mainBranch: 'main',
      },
    );

  it.each([
    [`${SHOP}/src/main/a/catalog-info.yaml`],
    [`${SHOP}/raw/main/a/catalog-info.yaml#lines-1`],
    [`https://www.bitbucket.org/Acme/Shop/src/main/a/catalog-info.yaml`],
    [`${SHOP}/src/0123abc/a/catalog-info.yaml?at=main`],
    [`${SHOP}/src?at=main&path=a/catalog-info.yaml`],
    [`${SHOP}/src/HEAD/a/catalog-info.yaml`],
    [`https://bitbucket.org/acme/old/src/main/a/catalog-info.yaml`],
    [`https://bitbucket.org/{}/${UUID}/src/main/a/catalog-info.yaml`],
    [
      `https://bitbucket.org/%7B%7D/${encodeURIComponent(UUID.toUpperCase())}/src/main/a/catalog-info.yaml`,
    ],
    [`${SHOP}/src/main/**/catalog-info.yaml`],
    [`${SHOP}/src/main/*/catalog-info.yaml`],
    [`${SHOP}/src/0123abc/**/catalog-info.yaml?at=main`],
  ])('knows a file by %s', async target => {
    await add('location:default/one', { type: 'url', target });
    const isLocated = await read();
    expect(isLocated(`${SHOP}/src/main/a/catalog-info.yaml`)).toBe(true);
    expect(isLocated(`${SHOP}/src/main/A/other.yaml`)).toBe(false);
    expect(isLocated(`${SHOP}/src/next/a/catalog-info.yaml`)).toBe(false);
  });

  it.each([
    [`${SHOP}/src/main/catalog-info.yaml`],
    [`${SHOP}/src/main/A/catalog-info.yaml`],
    [`${SHOP}/src/next/a/catalog-info.yaml`],
    [`${SHOP}/src/main/b/**/catalog-info.yaml`],
    [`${SHOP}-2/src/main/a/catalog-info.yaml`],
    [`https://bitbucket.org/other/shop/src/main/a/catalog-info.yaml`],
    [`https://example.com/acme/shop/src/main/a/catalog-info.yaml`],
    [`./acme/shop/src/main/a/catalog-info.yaml`],
  ])('does not take it for %s', async target => {
    await add('location:default/one', { type: 'url', target });
    const isLocated = await read();
    expect(isLocated(`${SHOP}/src/main/a/catalog-info.yaml`)).toBe(false);
  });

  it('knows a branch with a slash, encoded or not', async () => {
    await add('location:default/one', {
      target: `${SHOP}/src/feature/x/*/a%2Ab.yaml`,
    });
    await add('location:default/two', {
      target: `${SHOP}/src/feature%2Fx/one.yaml`,
    });
    await add('location:default/three', {
      target: `${SHOP}/src/feature%2Fx/any/*.yaml`,
    });
    const isLocated = await read();
    for (const ref of ['feature/x', 'feature%2Fx']) {
      expect(isLocated(`${SHOP}/src/${ref}/y/a%2Ab.yaml`)).toBe(true);
      expect(isLocated(`${SHOP}/src/${ref}/y/aab.yaml`)).toBe(false);
      expect(isLocated(`${SHOP}/src/${ref}/one.yaml`)).toBe(true);
      expect(isLocated(`${SHOP}/src/${ref}/any/two.yaml`)).toBe(true);
    }
  });

  it('does not take a folder of another repository for the repository', async () => {
    const path = 'src/main/acme/shop/catalog-info.yaml';
    const target = `https://bitbucket.org/other/mirror/${path}`;
    await add('location:default/one', { type: 'url', target });
    const isLocated = await read();
    expect(isLocated(`${SHOP}/${path}`)).toBe(false);
  });

  it('knows what was read for a Location with several targets, and nothing else', async () => {
    await add('location:default/more', { targets: ['./b.yaml'] }, [
      `url:${SHOP}/src/main/b.yaml`,
      'file:/etc/acme/shop/b.yaml',
    ]);
    await add('api:default/pets', {}, [`url:${SHOP}/src/main/pets.yaml`]);
    const isLocated = await read();
    expect(isLocated(`${SHOP}/src/main/b.yaml`)).toBe(true);
    expect(isLocated(`${SHOP}/src/main/pets.yaml`)).toBe(false);
  });
});

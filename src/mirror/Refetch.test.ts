import { locationSpecToLocationEntity } from '@backstage/plugin-catalog-node';
import { Knex } from 'knex';
import { catalogDatabase, catalogTablesIn } from '../../testing/catalog-tables';
import { Lookup, missKind, Refetch, Stale } from './Refetch';

const URL = 'https://bitbucket.org/acme/shop/src/main/catalog-info.yaml';
const READING = { url: URL, place: URL };

describe('missKind', () => {
  it.each([
    ['unknown', {}, 'person'],
    ['unknown', { isReference: true }, 'reference'],
    ['working', { isReference: true }, 'location'],
    ['failing', {}, 'brokenLocation'],
    ['failing', { isEntered: true }, 'person'],
  ] as const)(
    'of a URL that is %s to the catalog, %j: %s',
    (read, how, kind) => {
      expect(missKind(read, how)).toBe(kind);
    },
  );
});

describe('Refetch', () => {
  let knex: Knex;
  let now: number;
  let refetch: Refetch;

  beforeEach(async () => {
    knex = await catalogDatabase();
    now = 0;
    refetch = new Refetch({
      catalog: catalogTablesIn(async () => knex),
      isAnonymous: false,
      now: () => now,
    });
  });

  const locationRef = (target: string) => {
    const location = { type: 'url', target };
    const { name } = locationSpecToLocationEntity({ location }).metadata;
    return `location:default/${name}`;
  };

  const addLocation = (errors: string) =>
    knex('refresh_state').insert({
      entity_id: '1',
      entity_ref: locationRef(URL),
      errors,
    });

  /** What each attempt of a look-up has to refetch. */
  async function attempts(
    options: { stale?: Stale; isThere?: boolean; isReference?: boolean } = {},
  ) {
    const { stale = 'repository', isThere = false, isReference } = options;
    const made: (Stale | undefined)[] = [];
    const result = await refetch.lookUp<string>(
      { ...READING, isReference },
      async (given): Promise<Lookup<string>> => {
        made.push(given);
        return given && isThere
          ? { found: 'found' }
          : { stale, otherwise: async () => 'missing' };
      },
    );
    return { made, result };
  }

  it('looks up again what may be out of date', async () => {
    expect(await attempts({ stale: 'ref', isThere: true })).toEqual({
      made: [undefined, 'ref'],
      result: 'found',
    });
  });

  it('believes what Bitbucket was asked for just now', async () => {
    const made: (Stale | undefined)[] = [];
    const result = await refetch.lookUp(READING, async given => {
      made.push(given);
      return { otherwise: async () => 'missing' };
    });
    expect({ made, result }).toEqual({ made: [undefined], result: 'missing' });
  });

  const count = async (rounds: number, options = {}) => {
    let again = 0;
    for (let round = 0; round < rounds; round += 1) {
      again += (await attempts(options)).made.length - 1;
    }
    return again;
  };

  it('looks up again each time for a person', async () => {
    expect(await count(5)).toBe(5);
  });

  it('looks up again once for a location that the catalog failed to read, and then not for a while', async () => {
    await addLocation('[{"name":"NotFoundError"}]');
    expect(await count(5)).toBe(1);
    now += 16 * 60_000;
    expect(await count(5)).toBe(1);
  });

  it('looks up again once for a location that fails for the first time', async () => {
    await addLocation('[]');
    expect(await count(5)).toBe(1);
    await knex('refresh_state').update({ errors: '[{}]' });
    expect(await count(5)).toBe(1);
  });

  it('knows a file that an entity names by the refresh key of that', async () => {
    await addLocation('[{}]');
    await knex('refresh_state').update({ entity_ref: 'api:default/pets' });
    await knex('refresh_keys').insert({ entity_id: '1', key: `url:${URL}` });
    expect(await count(5, { isReference: true })).toBe(1);
  });

  it('looks up again for a person who analyses a location that is broken', async () => {
    await addLocation('[{}]');
    await count(2);
    refetch.noteEntered(URL);
    expect(await count(3)).toBe(3);
    now += 31_000;
    expect(await count(3)).toBe(0);
  });

  it('does without the tables of the catalog', async () => {
    await knex.schema.dropTable('refresh_keys');
    expect(await count(5)).toBe(5);
    expect(await count(5, { isReference: true })).toBe(3);
  });

  it('knows whether the catalog has entities under a URL as it is written', async () => {
    expect(await refetch.hasEntitiesOf(URL)).toBe(false);
    await addLocation('[]');
    await knex('refresh_state').insert({
      entity_id: '2',
      entity_ref: 'component:default/shop',
      location_key: `url:${URL}`,
    });
    await knex('refresh_state_references').insert({
      source_entity_ref: locationRef(URL),
      target_entity_ref: 'component:default/shop',
    });
    expect(await refetch.hasEntitiesOf(URL)).toBe(true);
    await knex('refresh_state').update({ location_key: 'url:other' });
    expect(await refetch.hasEntitiesOf(URL)).toBe(false);
  });
});

import { Knex } from 'knex';
import { catalogDatabase, catalogTablesIn } from '../../testing/catalog-tables';
import { locationRefOf } from './EmittedLocation';
import { MovedEntities } from './transfers';

const located = (repository: string, path = 'catalog-info.yaml') => ({
  target: `https://bitbucket.org/acme/${repository}/src/main/${path}`,
  place: `acme/${repository}/main/${path}`,
  fullName: `acme/${repository}`,
  path,
});
const FROM = located('shop');

describe('MovedEntities', () => {
  let knex: Knex;

  beforeEach(async () => {
    knex = await catalogDatabase();
  });

  /** What the catalog does once it has processed the old Location. */
  async function ingest(entityRef: string): Promise<void> {
    await knex('refresh_state').insert({
      entity_ref: entityRef,
      location_key: `url:${FROM.target}`,
    });
    await knex('refresh_state_references').insert({
      source_entity_ref: locationRefOf(FROM),
      target_entity_ref: entityRef,
    });
  }

  const keys = () =>
    knex('refresh_state').orderBy('entity_ref').pluck('location_key');

  const brought = (from: typeof FROM) =>
    knex('refresh_state_references')
      .where({ source_entity_ref: locationRefOf(from) })
      .orderBy('target_entity_ref')
      .pluck('target_entity_ref');

  it.each([
    ['in another repository', located('store')],
    ['in a folder below', located('shop', 'services/web/catalog-info.yaml')],
  ])(
    'hands over what the catalog has ingested since the new Location was added, %s',
    async (_, to) => {
      await ingest('component:default/first');
      const moved = new MovedEntities(
        catalogTablesIn(async () => knex),
        [{ from: FROM, to }],
      );
      await moved.allowNewUrls();
      expect(await keys()).toEqual([`url:${to.target}`]);
      await ingest('component:default/second');
      await moved.handOver();
      expect(await keys()).toEqual([`url:${to.target}`, `url:${to.target}`]);
      expect(await brought(to)).toEqual([
        'component:default/first',
        'component:default/second',
      ]);
    },
  );
});

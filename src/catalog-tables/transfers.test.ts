import { Knex } from 'knex';
import { catalogDatabase, catalogTablesIn } from '../../testing/catalog-tables';
import { locationRefOf } from './EmittedLocation';
import { MovedEntities } from './transfers';

const located = (repository: string) => ({
  target: `https://bitbucket.org/acme/${repository}/src/main/catalog-info.yaml`,
  place: `acme/${repository}/main/catalog-info.yaml`,
  fullName: `acme/${repository}`,
  path: 'catalog-info.yaml',
});
const FROM = located('shop');
const TO = located('store');

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

  it('hands over what the catalog has ingested since the new Location was added', async () => {
    await ingest('component:default/first');
    const moved = new MovedEntities(
      catalogTablesIn(async () => knex),
      [{ from: FROM, to: TO }],
    );
    await moved.allowNewUrls();
    expect(await keys()).toEqual([`url:${TO.target}`]);
    await ingest('component:default/second');
    await moved.handOver();
    expect(await keys()).toEqual([`url:${TO.target}`, `url:${TO.target}`]);
    expect(await brought(TO)).toEqual([
      'component:default/first',
      'component:default/second',
    ]);
  });
});

import { Knex } from 'knex';
import { catalogDatabase, catalogTablesIn } from '../../testing/catalog-tables';
import { LocatedFile, locationRefOf } from './EmittedLocation';
import {
  allowEntityMoves,
  applyEntityMoves,
  readEntitiesOf,
  readOrphans,
} from './entityMoves';

const located = (repository: string): LocatedFile => ({
  target: `https://bitbucket.org/acme/${repository}/src/main/catalog-info.yaml`,
  place: `acme/${repository}/main/catalog-info.yaml`,
  fullName: `acme/${repository}`,
  path: 'catalog-info.yaml',
});
const FROM = located('old');
const TO = located('new');
const FOO = 'component:default/foo';
const MOVE = { entityRef: FOO, from: FROM.target, to: TO };

describe('moves of entities', () => {
  let knex: Knex;
  const tables = catalogTablesIn(async () => knex);

  beforeEach(async () => {
    knex = await catalogDatabase();
  });

  const add = (entityRef: string, key: string, entity = '{}') =>
    knex('refresh_state').insert({
      entity_ref: entityRef,
      location_key: key,
      unprocessed_entity: entity,
    });
  const refer = (from: LocatedFile, entityRef: string) =>
    knex('refresh_state_references').insert({
      source_entity_ref: locationRefOf(from),
      target_entity_ref: entityRef,
    });
  const named = (name: string) => JSON.stringify({ metadata: { name } });
  const sourcesOf = (entityRef: string) =>
    knex('refresh_state_references')
      .where({ target_entity_ref: entityRef })
      .pluck('source_entity_ref');
  const keyOf = async (entityRef: string) =>
    (await knex('refresh_state').where({ entity_ref: entityRef }).first())
      .location_key;

  it('are of the entities that come from a file, and of those that come from nothing', async () => {
    const other = 'component:default/other';
    await add(FOO, `url:${FROM.target}`, named('Foo'));
    await add(other, 'url:https://bitbucket.org/else', named('other'));
    await refer(FROM, FOO);
    await refer(FROM, other);
    await add('component:default/left', `url:${TO.target}`, named('left'));
    await add('component:default/broken', `url:${TO.target}`, '{');
    await add('component:default/provided', 'provider', named('provided'));
    expect(await readEntitiesOf(tables, [FROM])).toEqual([
      { entityRef: FOO, name: 'Foo', target: FROM.target },
    ]);
    expect(await readOrphans(tables)).toEqual([
      { entityRef: 'component:default/left', name: 'left', target: TO.target },
    ]);
  });

  it('let another file define an entity, and have it come from there', async () => {
    await add(locationRefOf(TO), 'provider');
    await add(FOO, `url:${FROM.target}`);
    await refer(FROM, FOO);
    await allowEntityMoves(tables, [MOVE]);
    expect(await keyOf(FOO)).toBe(`url:${TO.target}`);
    await applyEntityMoves(tables, [MOVE]);
    await applyEntityMoves(tables, [MOVE]);
    expect(await sourcesOf(FOO)).toEqual([locationRefOf(TO)]);
  });

  it('change nothing that another source has, or where the new Location is missing', async () => {
    await add(FOO, 'url:https://bitbucket.org/else');
    await refer(FROM, FOO);
    await allowEntityMoves(tables, [MOVE]);
    await applyEntityMoves(tables, [MOVE]);
    expect(await keyOf(FOO)).toBe('url:https://bitbucket.org/else');
    expect(await sourcesOf(FOO)).toEqual([locationRefOf(FROM)]);

    await knex('refresh_state').update({ location_key: `url:${TO.target}` });
    await applyEntityMoves(tables, [MOVE]);
    expect(await sourcesOf(FOO)).toEqual([locationRefOf(FROM)]);
  });
});

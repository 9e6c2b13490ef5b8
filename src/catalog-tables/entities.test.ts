import { createHash } from 'node:crypto';
import knexFactory, { Knex } from 'knex';
import {
  catalogTablesIn,
  createCatalogTables,
} from '../../testing/catalog-tables';
import { CatalogTables } from './CatalogTables';
import { locationRefOf } from './EmittedLocation';
import {
  countReferrers,
  readChildren,
  readLocationKeys,
  readReaders,
  readRefsWithPrefix,
} from './entities';

const URL = 'https://bitbucket.org/acme/shop/src/main/catalog-info.yaml';
const LONG_URL = `https://bitbucket.org/acme/shop/src/main/${'x'.repeat(300)}.yaml`;

/** A Location entity that came from a URL. */
const location = (origin: string) =>
  JSON.stringify({
    metadata: {
      annotations: { 'backstage.io/managed-by-origin-location': origin },
    },
  });

let knex: Knex;
let tables: CatalogTables;

beforeEach(async () => {
  knex = knexFactory({
    client: 'better-sqlite3',
    connection: ':memory:',
    useNullAsDefault: true,
  });
  tables = catalogTablesIn(async () => knex);
  await createCatalogTables(knex);
  const state = (ref: string, key: string | null, entity = '{}') => ({
    entity_id: ref,
    entity_ref: ref,
    location_key: key,
    unprocessed_entity: entity,
  });
  await knex('refresh_state').insert([
    state(locationRefOf({ target: URL }), 'provider', location(`url:${URL}`)),
    state('location:default/parent', 'other', location('url:https://x')),
    state('location:default/files', 'other', location('file:/x')),
    state('component:default/a', `url:${URL}`),
    state('component:default/a_b', null),
    state('component:default/axb', null),
    state('component:other/a', null),
  ]);
});
afterEach(() => knex.destroy());

it('reads location keys of what the catalog has', async () => {
  expect(
    await readLocationKeys(tables, [
      'component:default/a',
      'component:default/a_b',
      'component:default/none',
    ]),
  ).toEqual(
    new Map([
      ['component:default/a', `url:${URL}`],
      ['component:default/a_b', null],
    ]),
  );
});

it('reads what reads a URL, by name and by refresh key, however long', async () => {
  // As in `generateTargetKey` of the catalog.
  const key = `url:${LONG_URL}`;
  const hash = createHash('sha256').update(key).digest('hex');
  const shortKey = `${key.slice(0, 180)}#sha256:${hash}`;
  await knex('refresh_keys').insert([
    { entity_id: 'location:default/parent', key: `url:${URL}` },
    { entity_id: locationRefOf({ target: URL }), key: `url:${URL}` },
    { entity_id: 'component:default/a', key: `url:${URL}` },
    { entity_id: 'location:default/files', key: shortKey },
  ]);
  const readers = await readReaders(tables, [URL, LONG_URL]);
  expect(readers.get(URL)).toEqual([
    { entityRef: 'location:default/parent', originUrl: 'https://x' },
    { entityRef: locationRefOf({ target: URL }), originUrl: URL },
  ]);
  expect(readers.get(LONG_URL)).toEqual([
    { entityRef: 'location:default/files' },
  ]);
});

it('reads what an entity has brought', async () => {
  await knex('refresh_state_references').insert([
    {
      source_entity_ref: 'location:default/parent',
      target_entity_ref: 'component:default/a',
    },
    { source_key: 'x', target_entity_ref: 'component:default/axb' },
  ]);
  expect(await readChildren(tables, ['location:default/parent'])).toEqual([
    {
      parentRef: 'location:default/parent',
      entityRef: 'component:default/a',
      locationKey: `url:${URL}`,
    },
  ]);
});

it('counts each entity that refers to another once, and not itself', async () => {
  const relation = (from: string, to: string) => ({
    originating_entity_id: `component:default/${from}`,
    target_entity_ref: `component:default/${to}`,
  });
  await knex('relations').insert([
    relation('a', 'axb'),
    relation('a', 'axb'),
    relation('a_b', 'axb'),
    relation('axb', 'axb'),
    relation('axb', 'a'),
  ]);
  const refs = ['component:default/axb', 'component:default/none'];
  expect(await countReferrers(tables, refs, new Set())).toEqual(
    new Map([['component:default/axb', 2]]),
  );
  expect(
    await countReferrers(tables, refs, new Set(['component:default/a'])),
  ).toEqual(new Map([['component:default/axb', 1]]));
});

it('reads references by what they begin with, letter by letter', async () => {
  expect(await readRefsWithPrefix(tables, 'component:default/', 2)).toEqual([
    'component:default/a',
    'component:default/a_b',
  ]);
  expect(await readRefsWithPrefix(tables, 'component:default/a_', 9)).toEqual([
    'component:default/a_b',
  ]);
});

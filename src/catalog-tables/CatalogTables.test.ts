import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { Knex } from 'knex';
import {
  RecordingLogger,
  recordingLogger,
} from '../../testing/bitbucket/recordingLogger';
import {
  catalogTablesIn,
  createCatalogTables,
} from '../../testing/catalog-tables';
import { memoryKnex } from '../../testing/memoryKnex';
import { bitbucketCloudUrls } from '../hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import { CatalogSnapshot } from './CatalogSnapshot';
import {
  CATALOG_SCHEMA,
  CatalogTables,
  readDifferences,
} from './CatalogTables';
import {
  EMITTED,
  EmittedRow,
  fromTarget,
  locationRefOf,
} from './EmittedLocation';
import { readConflicts } from './differences';
import {
  countReferrers,
  readChildren,
  readLocationKeys,
  readReaders,
  readRefsWithPrefix,
} from './entities';
import {
  hasEntitiesOf,
  readCatalogRead,
  readUnreadNow,
  readUnreadUrls,
} from './processing';
import {
  leaveToRegistrations,
  readExistingKeys,
  readKeysAfter,
  readLocationUrls,
  readRegisteredUrls,
} from './refreshKeys';
import { MovedEntities, restoreReference, transferLocation } from './transfers';

const PROVIDER = 'bitbucketCloud-provider:default';
const urlOf = (slug: string) =>
  `https://bitbucket.org/acme/${slug}/src/main/catalog-info.yaml`;
const refOf = (slug: string) => locationRefOf({ target: urlOf(slug) });
const fileOf = (slug: string) => fromTarget(bitbucketCloudUrls, urlOf(slug))!;
const SHOP = refOf('shop');
const COMPONENT = 'component:default/shop';

let knex: Knex;
let logger: RecordingLogger;
let tables: CatalogTables;
let catalog: CatalogSnapshot;

beforeEach(async () => {
  knex = memoryKnex();
  logger = recordingLogger();
  tables = catalogTablesIn(async () => knex, logger);
  catalog = new CatalogSnapshot({
    tables,
    repositories: { names: async () => new Map() },
    provider: PROVIDER,
    logger,
  });
});

const warnings = () =>
  logger.lines
    .filter(({ level }) => level === 'warn')
    .map(({ message }) => message);

/** A provider has the Location of one file, and another source that of a second. */
async function fill(): Promise<void> {
  await createCatalogTables(knex);
  await knex.schema.alterTable('locations', table => {
    table.text('location_entity_ref');
  });
  await knex.schema.createTable(EMITTED, table => {
    table.text('provider');
    table.text('entity_ref');
    ['uuid', 'target', 'path', 'content_hash'].forEach(name =>
      table.text(name),
    );
    table.double('missing_since');
    table.double('tried_at');
    table.primary(['provider', 'entity_ref']);
  });
  const emit = (provider: string, slug: string): Partial<EmittedRow> => ({
    provider,
    entity_ref: refOf(slug),
    uuid: '{uuid}',
    target: urlOf(slug),
    path: 'catalog-info.yaml',
  });
  await knex(EMITTED).insert([
    emit(PROVIDER, 'shop'),
    emit(PROVIDER, 'taken'),
    emit('other', 'lent'),
  ]);
  const state = (ref: string, key: string, target?: string) => ({
    entity_id: ref,
    entity_ref: ref,
    location_key: key,
    unprocessed_entity: JSON.stringify({ spec: { target } }),
    errors: '[]',
    next_update_at: 'later',
  });
  await knex('refresh_state').insert([
    state(SHOP, PROVIDER, urlOf('shop')),
    state(COMPONENT, `url:${urlOf('shop')}`),
    state(refOf('taken'), 'another', urlOf('taken')),
    state(refOf('lent'), 'other', urlOf('lent')),
  ]);
  await knex('refresh_state_references').insert([
    { source_key: PROVIDER, target_entity_ref: SHOP },
    { source_key: 'other', target_entity_ref: refOf('lent') },
    { source_entity_ref: SHOP, target_entity_ref: COMPONENT },
  ]);
  await knex('refresh_keys').insert({
    entity_id: COMPONENT,
    key: `url:${urlOf('shop')}`,
  });
  await knex('relations').insert({
    originating_entity_id: COMPONENT,
    target_entity_ref: 'group:default/team',
  });
  await knex('locations').insert({
    type: 'url',
    target: urlOf('shop'),
    location_entity_ref: SHOP,
  });
}

const content = async () => ({
  state: await knex('refresh_state').select(),
  references: await knex('refresh_state_references').select(),
  emitted: await knex(EMITTED).select(),
});

const READS: [
  what: string,
  read: () => Promise<unknown>,
  whenUnknown: unknown,
][] = [
  [
    'Locations by repository',
    () => catalog.ofRepositories(['{uuid}']),
    new Map(),
  ],
  ['Locations by reference', () => catalog.byRef([SHOP]), new Map()],
  ['Locations of others', () => catalog.ofOthers(['{uuid}']), []],
  ['all Locations', () => catalog.all(), []],
  ['the number of Locations', () => catalog.count(), 0],
  ['holders', () => catalog.holders([SHOP]), new Map()],
  ['provided entities', () => catalog.provided([SHOP]), new Map()],
  ['conflicts', () => readConflicts(tables, PROVIDER), []],
  ['keys', () => readExistingKeys(tables, [`url:${urlOf('shop')}`]), new Set()],
  ['a page of keys', () => readKeysAfter(tables, 'url:', 10), []],
  ['URLs of Locations', () => readLocationUrls(tables, ['/acme/shop/']), []],
  [
    'registrations',
    () => readRegisteredUrls(tables, [urlOf('shop')]),
    new Set(),
  ],
  ['unread URLs', () => readUnreadUrls(tables, [urlOf('shop')]), []],
  ['entities of a URL', () => hasEntitiesOf(tables, urlOf('shop')), false],
  ['location keys', () => readLocationKeys(tables, [SHOP]), undefined],
  [
    'readers of a URL',
    () => readReaders(tables, [urlOf('shop')]),
    new Map([[urlOf('shop'), []]]),
  ],
  ['children', () => readChildren(tables, [SHOP]), []],
  [
    'the number of referrers',
    () => countReferrers(tables, ['group:default/team'], new Set()),
    new Map(),
  ],
  [
    'references by prefix',
    () => readRefsWithPrefix(tables, 'component:default/', 10),
    [],
  ],
  [
    'what becomes of a URL',
    () => readCatalogRead(tables, urlOf('shop')),
    'unknown',
  ],
];

const MOVE = { from: fileOf('shop'), to: fileOf('store') };
const WRITES: [what: string, write: () => Promise<unknown>][] = [
  ['lets the catalog read', () => readUnreadNow(tables, [urlOf('shop')])],
  ['leaves to registrations', () => leaveToRegistrations(tables, PROVIDER)],
  ['restores references', () => restoreReference(tables, PROVIDER, COMPONENT)],
  [
    'transfers Locations',
    () =>
      transferLocation(tables, {
        from: PROVIDER,
        to: 'other',
        uuid: '{uuid}',
        file: fileOf('shop'),
      }),
  ],
  [
    'lets entities move',
    () => new MovedEntities(tables, [MOVE]).allowNewUrls(),
  ],
  ['moves entities', () => new MovedEntities(tables, [MOVE]).handOver()],
];

describe('while the tables of the catalog are as expected, the module', () => {
  beforeEach(fill);

  it.each(READS)('reads %s', async (_, read, whenUnknown) => {
    expect(await read()).not.toEqual(whenUnknown);
    expect(warnings()).toEqual([]);
  });

  it.each(WRITES)('%s', async (_, write) => {
    const before = await content();
    await write();
    expect(await content()).not.toEqual(before);
  });

  it('says how what was emitted differs from what the catalog has', async () => {
    expect(await catalog.differences()).toMatchObject({
      absent: [],
      conflicts: [{ target: urlOf('taken'), holder: 'another' }],
      missing: [],
      foreign: [],
    });
  });

  it('reads their columns once', async () => {
    const queries: string[] = [];
    knex.on('query', ({ sql }) => queries.push(sql));
    await catalog.count();
    await catalog.count();
    expect(queries.filter(sql => /table_info/i.test(sql))).toHaveLength(
      Object.keys(CATALOG_SCHEMA).length,
    );
  });
});

describe('while the catalog lacks a column, the module', () => {
  const LACKS = "The catalog's table refresh_keys has no column entity_id";
  let before: Awaited<ReturnType<typeof content>>;

  beforeEach(async () => {
    await fill();
    before = await content();
    await knex.schema.alterTable('refresh_keys', table => {
      table.renameColumn('entity_id', 'renamed');
    });
  });

  it.each(READS)(
    'reads nothing when asked for %s',
    async (_, read, whenUnknown) => {
      expect(await read()).toEqual(whenUnknown);
    },
  );

  it.each(WRITES)('changes nothing where it otherwise %s', async (_, write) => {
    await write();
    expect(await content()).toEqual(before);
  });

  it('warns of it once, whatever is asked and how often', async () => {
    await Promise.all(READS.map(([, read]) => read()));
    await Promise.all(WRITES.map(([, write]) => write()));
    await catalog.count();
    expect(warnings()).toEqual([expect.stringMatching(`^${LACKS}. Since `)]);
  });

  it('does not compare what was emitted, and says so in each walk', async () => {
    expect(await catalog.differences()).toBeUndefined();
    expect(await catalog.differences()).toBeUndefined();
    expect(warnings().slice(1)).toEqual(
      Array(2).fill(
        `Could not read this provider's current locations; removals are off for this walk: ${LACKS}`,
      ),
    );
  });

  it('goes on as soon as the column is there', async () => {
    expect(await catalog.count()).toBe(0);
    await knex.schema.alterTable('refresh_keys', table => {
      table.renameColumn('renamed', 'entity_id');
    });
    expect(await catalog.count()).toBe(1);
    expect(warnings()).toHaveLength(1);
  });
});

describe('the check of the tables', () => {
  it('names every table and every column that is missing', async () => {
    await createCatalogTables(knex);
    await knex.schema.dropTable('locations');
    await knex.schema.alterTable('refresh_state', table => {
      table.dropColumns('errors', 'location_key');
    });
    expect(await catalog.count()).toBe(0);
    expect(warnings()).toEqual([
      expect.stringMatching(
        /^The catalog's table refresh_state has no columns location_key, errors; The catalog has no table locations\. Since /,
      ),
    ]);
  });

  it('finds the tables of the catalog that is installed as expected', async () => {
    await knex.migrate.latest({
      directory: resolvePackagePath(
        '@backstage/plugin-catalog-backend',
        'migrations',
      ),
    });
    expect(await readDifferences(knex)).toEqual([]);
  });

  it('does not take a database that cannot be read for one that differs, and tries again', async () => {
    await fill();
    let isReachable = false;
    tables = catalogTablesIn(async () => {
      if (!isReachable) {
        throw new Error('the connection is lost');
      }
      return knex;
    }, logger);
    await expect(readUnreadUrls(tables, [urlOf('shop')])).rejects.toThrow(
      'the connection is lost',
    );
    expect(warnings()).toEqual([]);
    isReachable = true;
    expect(await readConflicts(tables, PROVIDER)).toHaveLength(1);
  });

  it('does not hide that a later statement fails', async () => {
    await fill();
    expect(await catalog.count()).toBe(1);
    await knex.schema.dropTable('refresh_state_references');
    await expect(catalog.count()).rejects.toMatchObject({
      message: expect.stringContaining('no such table'),
    });
    expect(await catalog.differences()).toBeUndefined();
  });
});

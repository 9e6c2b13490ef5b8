import { startWorld, World } from '../../testing/workspace/startWorld';
import { batches } from '../lib/batching';
import { createPathGlob } from '../lib/globs';
import { hashOf } from '../lib/text';
import { CommitFiles } from './CommitFiles';
import { fileStores } from './FileStore';
import { FILES, REFS } from './rows';

const DAY = 24 * 3_600_000;
const SELECTION = { workspace: 'acme' };

/** What a configuration leaves behind that was used once, in rows. */
const ALL = {
  ...{ budget: 1, deliveries: 1, emitted: 1, holds: 1, listings: 1 },
  ...{ providers: 2, removals: 1 },
  ...{ repository_names: 2, selections: 1, urls: 1, walks: 1 },
};
const TABLES = Object.keys(ALL);
const NONE = Object.fromEntries(TABLES.map(table => [table, 0]));

describe('prune', () => {
  let world: World;

  beforeEach(async () => {
    world = await startWorld({
      shop: { 'a.yaml': 'shop: 1\n' },
      stock: { 'a.yaml': 'stock: 1\n' },
    });
  });

  async function open(slug: string, ref = 'main'): Promise<CommitFiles> {
    const repository = await world.client.getRepository('acme', slug);
    const files = await world.index.files.open(repository, ref, {});
    return files!;
  }

  async function read(slug: string, ref?: string): Promise<string> {
    const files = await open(slug, ref);
    return String(
      await files.read('a.yaml', await files.stat('a.yaml', {}), {}),
    );
  }

  /** What it takes beyond one request for the repository as it is now. */
  const costToRead = async (slug: string, ref?: string) =>
    (await world.cost(() => read(slug, ref))) - 1;

  async function refs(): Promise<string[]> {
    const knex = await world.index.open();
    const rows = await knex(REFS).select('ref');
    return rows.map(({ ref }) => ref);
  }

  async function contents(): Promise<string[]> {
    const knex = await world.index.open();
    const rows = await knex('bitbucket__contents').select('content');
    return rows.map(({ content }) => String(content)).sort();
  }

  const list = () =>
    world.index.repositories.list({ selection: SELECTION, pagelen: 100 }, {});

  it('removes contents that no file has had for a day, and nothing else', async () => {
    await list();
    await read('shop');
    await read('stock');
    world.acme.push('shop', { 'a.yaml': 'shop: 2\n' });
    await read('shop');
    world.timing.advance(DAY + 1);
    await list();
    await world.index.prune();
    expect(await contents()).toEqual(['shop: 2\n', 'stock: 1\n']);
    expect(await costToRead('shop')).toBe(0);
    expect(await costToRead('stock')).toBe(0);
  });

  it('removes repositories that no list has held for a month, and their files', async () => {
    await list();
    await read('shop');
    await (await open('shop')).find(createPathGlob('*.yaml'), {});
    await read('stock');
    world.acme.removeRepository('shop');
    const slugs = async () =>
      (await world.index.repositories.known(SELECTION)).map(({ slug }) => slug);

    world.timing.advance(29 * DAY);
    await list();
    await world.index.prune();
    expect(await slugs()).toHaveLength(2);
    expect(await contents()).toHaveLength(2);
    expect(await costToRead('stock')).toBe(0);

    world.timing.advance(2 * DAY);
    await list();
    await world.index.prune();
    expect(await slugs()).toEqual(['stock']);
    expect(await contents()).toEqual(['stock: 1\n']);
    const knex = await world.index.open();
    expect(await knex('bitbucket__glob_results')).toEqual([]);
    expect(await costToRead('stock')).toBe(0);
  });

  it('removes refs that were not used for a month, and keeps those that are', async () => {
    const { hash } = world.acme.repository('shop').head!;
    world.acme.push('shop', { 'a.yaml': 'shop: 2\n' });
    await read('shop');
    await read('shop', hash);
    await list();
    for (const walk of [1, 2]) {
      world.timing.advance(29 * DAY);
      await list();
      await world.index.files.known([{ fullName: 'acme/shop', ref: 'main' }]);
      await world.index.prune();
      expect(await costToRead('shop')).toBe(0);
      expect((await refs()).includes(hash)).toBe(walk === 1);
    }
  });

  it('keeps a content that was saved again, until the file that has it is saved', async () => {
    const knex = await world.index.open();
    await list();
    await read('shop');
    world.acme.push('shop', { 'a.yaml': 'shop: 2\n' });
    await read('shop');
    world.timing.advance(DAY + 1);
    const { contents: store } = fileStores(knex, world.timing.now);
    await store.save(
      hashOf(Buffer.from('shop: 1\n')),
      Buffer.from('shop: 1\n'),
    );
    await world.index.prune();
    expect(await contents()).toContain('shop: 1\n');
    world.timing.advance(DAY + 1);
    await world.index.prune();
    expect(await contents()).not.toContain('shop: 1\n');
  });

  it('removes the data of configurations that were removed months ago', async () => {
    const knex = await world.index.open();
    const at = world.timing.now();
    await list();
    await world.index.repositories.refresh(SELECTION, {});
    await knex('bitbucket__providers').insert([
      { provider: 'gone', settings: '', version: 1 },
      { provider: 'new', settings: '', version: 1 },
    ]);
    await knex('bitbucket__walks').insert({
      ...{ provider: 'gone', result: 'finished', message: '', requests: 0 },
      ...{ started_at: at, ended_at: at },
    });
    await knex('bitbucket__emitted').insert({
      ...{ provider: 'gone', entity_ref: 'location:default/a', uuid: '{a}' },
      ...{ target: '', path: '' },
    });
    await knex('bitbucket__removals').insert({
      ...{ provider: 'gone', locations: 0, repositories: 0 },
    });
    await knex('bitbucket__holds').insert({
      ...{ provider: 'gone', held_at: at, reason: '', targets: '[]' },
    });
    await knex('bitbucket__deliveries').insert({
      ...{ provider: 'gone', heard_at: at, misses: 0 },
    });
    await knex('bitbucket__budget').insert({
      ...{ credential: 'a', instance: 'b', cost_class: 'api', requests: 1 },
      minute: Math.floor(at / 60_000),
    });
    await world.index.urls.note('https://bitbucket.org/acme/a/src/main/a.yaml');
    const left = async () => {
      await world.index.prune();
      const counts = await Promise.all(
        TABLES.map(async table => [
          table,
          (await knex(`bitbucket__${table}`)).length,
        ]),
      );
      return Object.fromEntries(counts);
    };

    world.timing.advance(29 * DAY);
    expect(await left()).toEqual({ ...ALL, budget: 0 });
    world.timing.advance(60 * DAY);
    expect(await left()).toEqual({ ...ALL, budget: 0, urls: 0 });
    world.timing.advance(2 * DAY);
    expect(await left()).toEqual({
      ...ALL,
      ...{ budget: 0, urls: 0, walks: 0, holds: 0, deliveries: 0 },
      ...{ emitted: 0, removals: 0 },
      providers: 1,
    });
    world.timing.advance(30 * DAY);
    expect(await left()).toEqual({
      ...NONE,
      providers: 1,
      repository_names: 2,
    });
    world.timing.advance(370 * DAY);
    expect(await left()).toEqual({ ...NONE, providers: 1 });
  });

  it('removes nothing but what is meant, however many rows there are', async () => {
    const knex = await world.index.open();
    const rows = Array.from({ length: 2_500 }, (_, number) => ({
      ref_id: `${number % 7}`,
      path_id: `${number}`,
      path: '',
      exists: true,
    }));
    for (const batch of batches(rows)) {
      await knex(FILES).insert(batch);
    }
    const kept = ['1', '5'];
    await knex(REFS).insert(
      kept.map(id => ({
        ...{ id, full_name: '', ref: '', used_at: world.timing.now() },
      })),
    );
    await world.index.prune();
    const expected = rows.filter(({ ref_id: id }) => kept.includes(id));
    const left = await knex(FILES).select('path_id');
    expect(left.map(({ path_id: id }) => id).sort()).toEqual(
      expected.map(({ path_id: id }) => id).sort(),
    );
  });

  it('keeps for a day what was read of a repository that is not listed yet', async () => {
    await read('shop');
    await world.index.prune();
    expect(await costToRead('shop')).toBe(0);
    world.timing.advance(DAY + 1);
    await world.index.prune();
    expect(await contents()).toEqual([]);
  });
});

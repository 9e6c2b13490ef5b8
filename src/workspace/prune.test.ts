import { startWorld, World } from './__testUtils__';
import { CommitFiles } from './CommitFiles';
import { createPathGlob } from './pathGlob';

const DAY = 24 * 3_600_000;
const SCOPE = { workspace: 'acme' };

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
      await files.read('a.yaml', await files.look('a.yaml', {}), {}),
    );
  }

  /** What it takes beyond one request for the repository as it is now. */
  const costToRead = async (slug: string, ref?: string) =>
    (await world.cost(() => read(slug, ref))) - 1;

  async function contents(): Promise<string[]> {
    const knex = await world.index.open();
    const rows = await knex('bitbucket_cloud__contents').select('content');
    return rows.map(({ content }) => String(content)).sort();
  }

  const list = () =>
    world.index.repositories.list({ scope: SCOPE, pagelen: 100 }, {});

  it('forgets contents that no file has any more, and nothing else', async () => {
    await list();
    await read('shop');
    await read('stock');
    world.acme.push('shop', { 'a.yaml': 'shop: 2\n' });
    await read('shop');
    expect(await contents()).toEqual(['shop: 1\n', 'shop: 2\n', 'stock: 1\n']);
    await world.index.prune();
    expect(await contents()).toEqual(['shop: 2\n', 'stock: 1\n']);
    expect(await costToRead('shop')).toBe(0);
    expect(await costToRead('stock')).toBe(0);
  });

  it('forgets repositories that no list has held for a month, and their files', async () => {
    await list();
    await read('shop');
    await (await open('shop')).find(createPathGlob('*.yaml'), {});
    await read('stock');
    world.acme.removeRepository('shop');
    const slugs = async () =>
      (await world.index.repositories.known(SCOPE)).map(({ slug }) => slug);

    world.timing.advance(29 * DAY);
    await list();
    await world.index.prune();
    expect(await slugs()).toHaveLength(2);
    expect(await contents()).toHaveLength(2);

    world.timing.advance(2 * DAY);
    await list();
    await world.index.prune();
    expect(await slugs()).toEqual(['stock']);
    expect(await contents()).toEqual(['stock: 1\n']);
    const knex = await world.index.open();
    expect(await knex('bitbucket_cloud__answers')).toEqual([]);
    expect(await costToRead('stock')).toBe(0);
  });

  it('forgets commits that were read a month ago, but not what branches have', async () => {
    const commit = world.acme.repository('shop').head?.hash;
    world.acme.push('shop', { 'a.yaml': 'shop: 2\n' });
    await read('shop');
    await read('shop', commit);
    for (const [days, cost] of [
      [29, 0],
      [2, 1],
    ]) {
      world.timing.advance(days * DAY);
      await list();
      await world.index.prune();
      expect(await costToRead('shop', commit)).toBe(cost);
    }
    expect(await costToRead('shop')).toBe(0);
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

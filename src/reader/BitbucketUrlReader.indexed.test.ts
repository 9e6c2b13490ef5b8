import { toError } from '@backstage/errors';
import { addBrokenLocation, startWorld, World } from '../../testing/workspace';
import { BitbucketUrlReader } from './BitbucketUrlReader';

/** Longer than the freshness of two minutes. */
const STALE_MS = 180_000;

const urlOf = (slug: string, path = 'a.yaml') =>
  `https://bitbucket.org/acme/${slug}/src/main/${path}`;

describe('BitbucketUrlReader, over and over,', () => {
  let world: World;
  let reader: BitbucketUrlReader;

  const readerOf = ({ index }: Pick<World, 'index'>) =>
    new BitbucketUrlReader(
      { index },
      { fromTarArchive: () => Promise.reject(new Error('No tree is read')) },
    );

  beforeEach(async () => {
    world = await startWorld({
      shop: { 'a.yaml': 'shop: 1\n', 'README.md': 'Hello\n' },
      stock: { 'a.yaml': 'stock: 1\n' },
      price: { 'a.yaml': 'price: 1\n' },
    });
    reader = readerOf(world);
  });

  async function read(url: string, etag?: string): Promise<string> {
    try {
      const { buffer } = await reader.readUrl(url, { etag });
      return String(await buffer());
    } catch (error) {
      return toError(error).name;
    }
  }

  const readAll = () =>
    Promise.all(['shop', 'stock', 'price'].map(slug => read(urlOf(slug))));

  it('costs one request for the workspace and one for each file, and then nothing', async () => {
    expect(await world.cost(readAll)).toBe(4);
    expect(await world.cost(readAll)).toBe(0);
    expect(await readAll()).toEqual(['shop: 1\n', 'stock: 1\n', 'price: 1\n']);
  });

  it('costs one request for the workspace each time that it is no longer fresh', async () => {
    await readAll();
    world.timing.advance(STALE_MS);
    expect(await world.cost(readAll)).toBe(1);
    world.timing.advance(STALE_MS);
    expect(await world.cost(readAll)).toBe(1);
  });

  it('costs one more for a file that has changed', async () => {
    await readAll();
    world.timing.advance(STALE_MS);
    world.acme.push('stock', { 'a.yaml': 'stock: 2\n' });
    expect(await world.cost(readAll)).toBe(2);
    expect(await readAll()).toEqual(['shop: 1\n', 'stock: 2\n', 'price: 1\n']);
  });

  it('answers that a file is unchanged after a push that changed another', async () => {
    const { etag } = await reader.readUrl(urlOf('shop'));
    world.timing.advance(STALE_MS);
    world.acme.push('shop', { 'README.md': 'New\n' });
    expect(await read(urlOf('shop'), etag)).toBe('NotModifiedError');
  });

  it('costs nothing right after a restart', async () => {
    await readAll();
    reader = readerOf({ index: world.restart() });
    expect(await world.cost(readAll)).toBe(0);
    expect(await readAll()).toEqual(['shop: 1\n', 'stock: 1\n', 'price: 1\n']);
  });

  it('goes on while Bitbucket is out of reach', async () => {
    const { etag } = await reader.readUrl(urlOf('shop'));
    world.timing.advance(STALE_MS);
    world.simulator.faults.add({ kind: 'status', status: 503 });
    expect(await read(urlOf('shop'))).toBe('shop: 1\n');
    expect(await read(urlOf('shop'), etag)).toBe('NotModifiedError');
    expect(await read(urlOf('stock'))).toBe('UnavailableError');
  });

  it('notices that a file was deleted, and that it is back', async () => {
    const readLater = () => {
      world.timing.advance(STALE_MS);
      return read(urlOf('shop'));
    };
    expect(await readLater()).toBe('shop: 1\n');
    world.acme.push('shop', { 'a.yaml': null });
    expect(await readLater()).toBe('NotFoundError');
    expect(await readLater()).toBe('NotFoundError');
    world.acme.push('shop', { 'a.yaml': 'shop: 2\n' });
    expect(await readLater()).toBe('shop: 2\n');
  });

  it('notices what a glob finds after a push', async () => {
    const search = async () => {
      world.timing.advance(STALE_MS);
      const { files } = await reader.search(urlOf('shop', '*.yaml'));
      return files.map(({ url }) => url);
    };
    expect(await search()).toEqual([urlOf('shop')]);
    world.acme.push('shop', { 'b.yaml': 'b: 1\n' });
    expect(await search()).toEqual([urlOf('shop'), urlOf('shop', 'b.yaml')]);
  });

  it('reads on under the name that a repository had', async () => {
    await readAll();
    world.acme.renameRepository('shop', 'store');
    world.acme.push('store', { 'a.yaml': 'store: 1\n' });
    world.timing.advance(STALE_MS);
    expect(await read(urlOf('shop'))).toBe('store: 1\n');
  });

  it('asks rarely for a repository of a broken location', async () => {
    expect(await read(urlOf('gone'))).toBe('NotFoundError');
    const again = () => read(urlOf('gone'));
    await addBrokenLocation(world.index, urlOf('gone'));
    expect(await world.cost(again)).toBe(1);
    expect(await world.cost(again)).toBe(0);
    expect(await again()).toBe('NotFoundError');
  });
});

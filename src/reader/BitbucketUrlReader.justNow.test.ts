import { toError } from '@backstage/errors';
import { addBrokenLocation, startWorld, World } from '../../testing/workspace';
import { BitbucketUrlReader } from './BitbucketUrlReader';

const SHOP = 'https://bitbucket.org/acme/shop';

/** The messages of Bitbucket's that say what is missing. */
const NO_FILE = 'No such file or directory: b.yaml';

describe('BitbucketUrlReader, right after a change,', () => {
  let world: World;
  let reader: BitbucketUrlReader;

  beforeEach(async () => {
    world = await startWorld({
      shop: { 'a.yaml': 'a: 1\n' },
      stock: { 'a.yaml': 'stock: 1\n' },
    });
    world.acme.push('shop', { 'x.yaml': 'x: 1\n' }, { branch: 'next' });
    world.acme.addRepository({ slug: 'empty' });
    reader = new BitbucketUrlReader(world, {
      fromTarArchive: async ({ etag }) => {
        throw new Error(`The tree of ${etag}`);
      },
    });
    await world.index.repositories.refresh({ workspace: 'acme' }, {});
  });

  /** What is at a URL: contents, or the name of the error. */
  async function read(url: string): Promise<string> {
    try {
      const { files } = await reader.search(url);
      const contents = await Promise.all(files.map(file => file.content()));
      return contents.map(content => String(content).trim()).join();
    } catch (error) {
      return toError(error).name;
    }
  }

  it.each<[string, string, (world: World) => void, string, number]>([
    [
      'a file that was pushed',
      `${SHOP}/src/main/b.yaml`,
      ({ acme }) => acme.push('shop', { 'b.yaml': 'b: 1\n' }),
      'b: 1',
      2,
    ],
    [
      'a file that was pushed to another branch',
      `${SHOP}/src/next/b.yaml`,
      ({ acme }) =>
        acme.push('shop', { 'b.yaml': 'b: 2\n' }, { branch: 'next' }),
      'b: 2',
      2,
    ],
    [
      'a file on a branch that was created',
      `${SHOP}/src/feature/x/b.yaml`,
      ({ acme }) =>
        acme.push('shop', { 'b.yaml': 'b: 3\n' }, { branch: 'feature/x' }),
      'b: 3',
      2,
    ],
    [
      'a file of a repository that was created',
      'https://bitbucket.org/acme/new/src/main/b.yaml',
      ({ acme }) =>
        acme.addRepository({ slug: 'new', files: { 'b.yaml': 'b: 4\n' } }),
      'b: 4',
      2,
    ],
    [
      'the first file of an empty repository',
      'https://bitbucket.org/acme/empty/src/HEAD/b.yaml',
      ({ acme }) => acme.push('empty', { 'b.yaml': 'b: 5\n' }),
      'b: 5',
      2,
    ],
    [
      'what a glob finds',
      `${SHOP}/src/main/b*.yaml`,
      ({ acme }) => acme.push('shop', { 'b1.yaml': 'b: 6\n' }),
      'b: 6',
      4,
    ],
    [
      'a file on a main branch that was renamed',
      `${SHOP}/src/trunk/a.yaml`,
      ({ acme }) => {
        acme.createBranch('shop', 'trunk');
        acme.setMainBranch('shop', 'trunk');
        acme.deleteBranch('shop', 'main');
      },
      'a: 1',
      2,
    ],
  ])(
    'finds at once, after an earlier read did not, %s',
    async (_, url, change, content, cost) => {
      const before = await read(url);
      expect(['NotFoundError', 'InputError', '']).toContain(before);
      await read(url);
      change(world);
      expect(
        await world.cost(async () => expect(await read(url)).toBe(content)),
      ).toBeLessThanOrEqual(cost);
      // It is known from now on.
      expect(await world.cost(() => read(url))).toBe(0);
    },
  );

  it('finds a file at once that was pushed before its first read', async () => {
    await read(`${SHOP}/src/main/a.yaml`);
    world.acme.push('shop', { 'b.yaml': 'b: 1\n' });
    expect(await read(`${SHOP}/src/main/b.yaml`)).toBe('b: 1');
  });

  it('reads a new repository under a name that another one had', async () => {
    const url = `${SHOP}/src/main/b.yaml`;
    await read(`${SHOP}/src/main/a.yaml`);
    world.acme.renameRepository('shop', 'old-shop');
    await world.index.repositories.refresh({ workspace: 'acme' }, {});
    expect(await read(url)).toBe('NotFoundError');
    world.acme.addRepository({ slug: 'shop', files: { 'b.yaml': 'b: 1\n' } });
    expect(await read(url)).toBe('b: 1');
  });

  it('reads a file that Bitbucket once said is not there', async () => {
    world.acme.push('shop', { 'b.yaml': 'b: 1\n' });
    await world.index.repositories.refresh({ workspace: 'acme' }, {});
    const url = `${SHOP}/src/main/b.yaml`;
    const stop = world.simulator.faults.add({
      endpoint: 'src',
      kind: 'status',
      status: 404,
      message: NO_FILE,
    });
    expect(await read(url)).toBe('NotFoundError');
    stop();
    expect(await read(url)).toBe('b: 1');
  });

  it('reads the tree of a branch that was created', async () => {
    const readTree = () => reader.readTree(`${SHOP}/src/feature/y`);
    await expect(readTree()).rejects.toThrow('has no branch, tag or commit');
    world.acme.createBranch('shop', 'feature/y');
    await expect(readTree()).rejects.toThrow('The tree of');
  });

  it('sends no request again that it has sent just now', async () => {
    // The list of updates, the file, and what is near.
    world.timing.advance(180_000);
    world.acme.push('shop', { 'a.yaml': 'a: 2\n' });
    const url = `${SHOP}/src/main/b.yaml`;
    expect(await world.cost(() => read(url))).toBe(3);
  });

  it('does not take an outage for a missing file', async () => {
    const url = `${SHOP}/src/main/b.yaml`;
    await read(url);
    world.simulator.faults.add({ kind: 'status', status: 503 });
    expect(await read(url)).toBe('UnavailableError');
  });

  it('costs nothing for broken locations that the catalog reads over and over', async () => {
    const urls = Array.from({ length: 100 }, (_, index) =>
      index % 3 === 0
        ? `${SHOP}/src/gone-${index}/b.yaml`
        : `${SHOP}/src/main/gone-${index}.yaml`,
    );
    for (const url of urls) {
      await addBrokenLocation(world.index, url);
    }
    const round = () => Promise.all(urls.map(read));
    await round();
    // One for the list of updates, when it is no longer fresh.
    for (const allowed of [0, 1, 1]) {
      const cost = await world.cost(async () => {
        expect(new Set(await round())).toEqual(new Set(['NotFoundError']));
      });
      expect(cost).toBe(allowed);
      world.timing.advance(180_000);
    }
    // A person is served all the same.
    const url = `${SHOP}/src/main/b.yaml`;
    world.acme.push('shop', { 'b.yaml': 'b: 1\n' });
    expect(await read(url)).toBe('b: 1');
  });
});

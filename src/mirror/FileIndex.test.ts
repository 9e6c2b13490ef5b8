import { SimulatedFile } from '../../dev/simulator/world/file';
import { Files } from '../../dev/simulator/world/tree';
import { clientOf } from '../../testing/bitbucket/clientOf';
import { createIndex } from '../../testing/workspace/createIndex';
import { startWorld, World } from '../../testing/workspace/startWorld';
import { createPathGlob } from '../lib/globs';
import { CommitFiles } from './CommitFiles';

const MINUTE = 60_000;

describe('FileIndex', () => {
  let world: World;

  const start = async (files: Files, others: Record<string, Files> = {}) => {
    world = await startWorld({ shop: files, ...others });
  };

  /** Opens a ref of a repository as it is now. */
  async function tryOpen(
    ref: string,
    options: { slug?: string; index?: World['index'] } = {},
  ): Promise<CommitFiles | undefined> {
    const { slug = 'shop', index = world.index } = options;
    const repository = await world.client.getRepository('acme', slug);
    return index.files.open(repository, ref, {});
  }

  async function open(...args: Parameters<typeof tryOpen>) {
    const files = await tryOpen(...args);
    if (!files) {
      throw new Error(`There is no ${args[0]}`);
    }
    return files;
  }

  /** What it takes beyond one request for the repository as it is now. */
  const costToOpen = async (ref: string) =>
    (await world.cost(() => tryOpen(ref))) - 1;

  async function content(files: CommitFiles, path: string): Promise<string> {
    const file = await files.look(path, {});
    expect(file.exists).toBe(true);
    return String(await files.read(path, file, {}));
  }

  const lookAt = (files: CommitFiles, path: string) => files.look(path, {});

  const head = () => world.acme.repository('shop').head?.hash ?? '';

  /** Updates the repository on a branch that no test opens. */
  function update(): void {
    world.timing.advance(MINUTE);
    world.acme.push('shop', { 'x.txt': '' }, { branch: 'elsewhere' });
  }

  describe('of the main branch', () => {
    it('is open for nothing', async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      expect((await open('main')).commit).toBe(head());
      expect(await costToOpen('main')).toBe(0);
    });

    it('asks for a file once, and keeps its content over a restart', async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      const files = await open('main');
      expect(await world.cost(() => content(files, 'a.yaml'))).toBe(1);
      expect(await world.cost(() => content(files, 'a.yaml'))).toBe(0);

      const again = await open('main', { index: world.restart() });
      const requests = world.simulator.requests.count();
      expect(await content(again, 'a.yaml')).toBe('a: 1\n');
      expect(world.simulator.requests.count()).toBe(requests);
    });

    it('asks once whether there is a file', async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      const files = await open('main');
      expect(await lookAt(files, 'gone.yaml')).toEqual({ exists: false });
      const again = () => lookAt(files, 'gone.yaml');
      expect(await world.cost(again)).toBe(0);
      expect(await again()).toEqual({ exists: false });
    });

    it('asks once which files match', async () => {
      await start({ 'b/x.yaml': '', 'a/x.yaml': '', 'x.txt': '' });
      const files = await open('main');
      const find = () => files.find(createPathGlob('**/x.yaml'), {});
      expect(await find()).toEqual(['a/x.yaml', 'b/x.yaml']);
      expect(await world.cost(find)).toBe(0);
      expect(await find()).toEqual(['a/x.yaml', 'b/x.yaml']);
    });

    it('remembers that nothing matches', async () => {
      await start({ 'x.txt': '' });
      const files = await open('main');
      const find = () => files.find(createPathGlob('**/x.yaml'), {});
      expect(await find()).toEqual([]);
      expect(await world.cost(find)).toBe(0);
    });

    it('takes links, submodules and folders for no files, and remembers it', async () => {
      await start({
        'a.yaml': 'a: 1\n',
        'link.yaml': new SimulatedFile('a.yaml', ['link']),
        'module.yaml': new SimulatedFile('c0ffee', ['subrepository']),
        'folder.yaml/a.txt': 'A folder by the name',
      });
      const files = await open('main');
      for (const path of ['link.yaml', 'module.yaml', 'folder.yaml']) {
        expect(await lookAt(files, path)).toEqual({ exists: false });
        expect(await world.cost(() => lookAt(files, path))).toBe(0);
      }
    });

    it('takes a file of one line for a file', async () => {
      await start({ 'a.json': '{}', 'empty.yaml': '' });
      const files = await open('main');
      expect(await content(files, 'a.json')).toBe('{}');
      expect(await content(files, 'empty.yaml')).toBe('');
    });

    it('knows that a file is there that Git LFS keeps', async () => {
      const pointer = 'version https://git-lfs.github.com/spec/v1\n';
      await start({ 'big.yaml': pointer });
      const files = await open('main');
      const inLfs = { exists: true, isLfs: true };
      expect(await lookAt(files, 'big.yaml')).toEqual(inLfs);
      expect(await world.cost(() => lookAt(files, 'big.yaml'))).toBe(0);
      expect(await lookAt(files, 'big.yaml')).toEqual(inLfs);
    });

    describe('that is too large', () => {
      const huge = `${'x'.repeat(1_500_000)}\n`;
      const tooLarge = { exists: true, size: huge.length };
      const contents = async () => {
        const knex = await world.index.open();
        return knex('bitbucket__contents');
      };

      /** The index of a backend that was started again with another limit. */
      const withLimit = (maxFileBytes: number) =>
        createIndex(clientOf(world.simulator, { maxFileBytes }), {
          open: world.index.open,
        });

      it('knows its size and keeps no content', async () => {
        await start({ 'huge.yaml': huge });
        const files = await open('main');
        const look = () => lookAt(files, 'huge.yaml');
        expect(await world.cost(look)).toBe(2);
        expect(await world.cost(look)).toBe(0);
        expect(await look()).toEqual(tooLarge);
        expect(await contents()).toEqual([]);
      });

      it('reads it, once, when the limit is raised', async () => {
        await start({ 'huge.yaml': huge });
        await lookAt(await open('main'), 'huge.yaml');
        const files = await open('main', { index: withLimit(2_000_000) });
        const read = () => content(files, 'huge.yaml');
        expect(await world.cost(read)).toBe(1);
        expect(await world.cost(read)).toBe(0);
        expect(await read()).toBe(huge);
      });

      it('does not read it when the limit is raised too little', async () => {
        await start({ 'huge.yaml': huge });
        await lookAt(await open('main'), 'huge.yaml');
        const files = await open('main', { index: withLimit(1_200_000) });
        const look = () => lookAt(files, 'huge.yaml');
        expect(await world.cost(look)).toBe(0);
        expect(await look()).toEqual(tooLarge);
      });

      it('carries that over to a head that has the same file', async () => {
        await start({ 'huge.yaml': huge, 'a.yaml': 'a: 1\n' });
        const before = await open('main');
        await lookAt(before, 'huge.yaml');
        await lookAt(before, 'a.yaml');
        world.acme.push('shop', { 'a.yaml': 'a: 2\n' });
        const after = await open('main');
        const look = () => lookAt(after, 'huge.yaml');
        expect(await world.cost(look)).toBe(0);
        expect(await look()).toEqual(tooLarge);
      });

      it('takes a folder with a long listing for no file', async () => {
        const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
        const files = names.map(name => [`folder.yaml/${name}.txt`, '']);
        await start(Object.fromEntries(files));
        const commit = await open('main', { index: withLimit(1024) });
        expect(await lookAt(commit, 'folder.yaml')).toEqual({ exists: false });
      });
    });

    it('keeps a file of the largest size that is read', async () => {
      const text = `${'x'.repeat(1_048_575)}\n`;
      await start({ 'large.yaml': text });
      const files = await open('main');
      expect(await content(files, 'large.yaml')).toBe(text);
      expect(await world.cost(() => content(files, 'large.yaml'))).toBe(0);
    });

    it('keeps a content once, wherever it lies', async () => {
      const same = { 'a.yaml': 'same\n', 'b.yaml': 'same\n' };
      await start(same, { other: same });
      for (const slug of ['shop', 'other']) {
        const files = await open('main', { slug });
        await content(files, 'a.yaml');
        await content(files, 'b.yaml');
      }
      const knex = await world.index.open();
      expect(await knex('bitbucket__contents')).toHaveLength(1);
    });

    it('reads a content again that was lost, once', async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      const files = await open('main');
      await content(files, 'a.yaml');
      const knex = await world.index.open();
      await knex('bitbucket__contents').delete();
      expect(await world.cost(() => content(files, 'a.yaml'))).toBe(1);
      expect(await world.cost(() => content(files, 'a.yaml'))).toBe(0);
      expect(await content(files, 'a.yaml')).toBe('a: 1\n');
    });

    it('remembers nothing of a fault', async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      const files = await open('main');
      world.simulator.faults.add({ kind: 'status', status: 503 });
      await expect(lookAt(files, 'a.yaml')).rejects.toThrow('503');
      world.simulator.faults.clear();
      expect(await content(files, 'a.yaml')).toBe('a: 1\n');
    });

    it('reports that the commit is missing, and finds the new head with refetch', async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      const repository = await world.client.getRepository('acme', 'shop');
      world.acme.push('shop', { 'a.yaml': 'a: 2\n' }, { force: true });
      world.simulator.faults.add({
        path: repository.mainBranch?.hash,
        kind: 'status',
        status: 404,
        message: 'Commit not found',
      });
      const { files } = world.index;
      const old = await files.open(repository, 'main', {});
      await expect(old?.look('a.yaml', {})).rejects.toMatchObject({
        missing: 'ref',
      });
      const refetched = await files.open(
        repository,
        'main',
        {},
        { refetch: true },
      );
      expect(refetched?.commit).toBe(head());
    });
  });

  describe('shares a request', () => {
    it('between all who look at a file at once', async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      const files = await open('main');
      const others = await open('main');
      const all = () =>
        Promise.all([files, files, others].map(one => content(one, 'a.yaml')));
      expect(await world.cost(all)).toBe(1);
      expect(await all()).toEqual(['a: 1\n', 'a: 1\n', 'a: 1\n']);
    });

    it('between all who open a branch at once', async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      world.acme.createBranch('shop', 'next');
      const repository = await world.client.getRepository('acme', 'shop');
      const all = () =>
        Promise.all(
          [1, 2, 3].map(() => world.index.files.open(repository, 'next', {})),
        );
      expect(await world.cost(all)).toBe(1);
    });
  });

  describe.each([
    ['a branch', 'next', 1],
    ['a branch with a slash', 'feature/x', 1],
    ['a tag', 'v1.0', 0],
    ['a tag with a slash', 'v/1.0', 0],
    ['a short hash', '', 0],
  ])('of %s', (kind, name, costOfUpdate) => {
    let ref: string;

    beforeEach(async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      const { acme } = world;
      const { hash } = acme.push('shop', { 'a.yaml': 'a: 2\n' });
      ref = name || hash.slice(0, 12);
      if (kind.startsWith('a tag')) {
        acme.createTag('shop', ref);
      } else if (name) {
        acme.createBranch('shop', ref);
      }
      acme.push('shop', { 'a.yaml': 'a: 3\n' });
    });

    it('asks for its commit once', async () => {
      expect(await costToOpen(ref)).toBe(1);
      expect(await costToOpen(ref)).toBe(0);
      expect(await content(await open(ref), 'a.yaml')).toBe('a: 2\n');
    });

    it('asks for a branch again once the repository was updated, but not for its files', async () => {
      await content(await open(ref), 'a.yaml');
      update();
      expect(await costToOpen(ref)).toBe(costOfUpdate);
      const files = await open(ref);
      expect(await world.cost(() => content(files, 'a.yaml'))).toBe(0);
    });

    it('keeps apart what is at the head', async () => {
      expect(await content(await open('main'), 'a.yaml')).toBe('a: 3\n');
      expect(await content(await open(ref), 'a.yaml')).toBe('a: 2\n');
      expect(await content(await open('main'), 'a.yaml')).toBe('a: 3\n');
    });
  });

  describe('of a tag where a provider wants a branch', () => {
    const openBranch = async (ref: string) => {
      const repository = await world.client.getRepository('acme', 'shop');
      const options = { branchOnly: true };
      return world.index.files.open(repository, ref, {}, options);
    };

    beforeEach(async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      world.acme.createTag('shop', 'v1.0');
    });

    it('is not a branch, whichever of the two is opened first', async () => {
      expect(await openBranch('v1.0')).toBeUndefined();
      expect(await content(await open('v1.0'), 'a.yaml')).toBe('a: 1\n');
      expect(await openBranch('v1.0')).toBeUndefined();
      expect(await costToOpen('v1.0')).toBe(0);
      expect(await content(await open('v1.0'), 'a.yaml')).toBe('a: 1\n');
    });
  });

  describe('of the longest of several names', () => {
    const names = ['feature', 'feature/x', 'feature/x/a.yaml'];
    const openLongest = async () => {
      const repository = await world.client.getRepository('acme', 'shop');
      const before = world.simulator.requests.count();
      const found = await world.index.files.openLongest(repository, names, {});
      const cost = world.simulator.requests.count() - before;
      return { ref: found?.ref, cost };
    };

    beforeEach(() => start({ 'a.yaml': 'a: 1\n' }));

    it('asks for all of them at once, and then no more', async () => {
      world.acme.createBranch('shop', 'feature/x');
      expect(await openLongest()).toEqual({ ref: 'feature/x', cost: 1 });
      expect(await openLongest()).toEqual({ ref: 'feature/x', cost: 0 });
    });

    it('takes the branch where there are a branch and a tag', async () => {
      world.acme.push('shop', { 'a.yaml': 'a: 2\n' });
      world.acme.createTag('shop', 'feature/x', { from: 'main' });
      const { hash } = world.acme.push(
        'shop',
        { 'a.yaml': 'a: 3\n' },
        { branch: 'feature/x' },
      );
      expect((await open('feature/x')).commit).toBe(hash);
    });

    it('remembers that there is none, until the repository is updated', async () => {
      expect(await openLongest()).toEqual({ ref: undefined, cost: 1 });
      expect(await openLongest()).toEqual({ ref: undefined, cost: 0 });
      world.timing.advance(MINUTE);
      world.acme.createTag('shop', 'feature');
      expect(await openLongest()).toEqual({ ref: 'feature', cost: 1 });
    });
  });

  describe('of a commit', () => {
    it('costs nothing, and what is in it never expires', async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      const hash = head();
      world.acme.push('shop', { 'a.yaml': 'a: 2\n' });
      expect(await costToOpen(hash)).toBe(0);
      const files = await open(hash);
      expect(await world.cost(() => content(files, 'a.yaml'))).toBe(1);

      update();
      world.timing.advance(365 * 24 * 60 * MINUTE);
      expect(await costToOpen(hash)).toBe(0);
      const later = await open(hash);
      expect(await world.cost(() => content(later, 'a.yaml'))).toBe(0);
      expect(await content(later, 'a.yaml')).toBe('a: 1\n');
    });
  });

  describe('of a ref that is not there', () => {
    it('asks for it once, until the repository is updated', async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      expect(await tryOpen('next')).toBeUndefined();
      expect(await costToOpen('next')).toBe(0);
      expect(await tryOpen('next')).toBeUndefined();
      world.timing.advance(MINUTE);
      world.acme.createBranch('shop', 'next');
      expect(await content(await open('next'), 'a.yaml')).toBe('a: 1\n');
    });

    it('forgets the files of a branch that was deleted', async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      world.acme.createBranch('shop', 'next');
      await content(await open('next'), 'a.yaml');
      world.timing.advance(MINUTE);
      world.acme.deleteBranch('shop', 'next');
      expect(await tryOpen('next')).toBeUndefined();
      expect(await world.index.files.refNames('acme/shop')).toEqual([]);
    });
  });

  it('keeps nothing of a commit that the branch has left meanwhile', async () => {
    await start({ 'a.yaml': 'a: 1\n' });
    const old = await open('main');
    world.timing.advance(MINUTE);
    world.acme.push('shop', { 'a.yaml': 'a: 2\n' });
    const files = await open('main');
    expect(await content(old, 'a.yaml')).toBe('a: 1\n');
    expect(await content(files, 'a.yaml')).toBe('a: 2\n');
  });

  it('names the refs that someone has asked for', async () => {
    await start({ 'a.yaml': 'a: 1\n' });
    world.acme.createBranch('shop', 'feature/x');
    await open('main');
    await open('feature/x');
    await tryOpen('gone');
    const names = await world.index.files.refNames('acme/shop');
    expect(names.sort()).toEqual(['feature/x', 'main']);
  });
});

import { SimulatedFile } from '../../dev/simulator/world/file';
import { clientOf } from '../../testing/bitbucket/clientOf';
import { createIndex } from '../../testing/workspace/createIndex';
import { shopFiles } from '../../testing/workspace/shopFiles';
import { createPathGlob } from '../lib/globs';

describe('FileIndex', () => {
  const shop = shopFiles();
  const { start, open, costToOpen, content, lookAt, head } = shop;

  describe('of the main branch', () => {
    it('is opened without a request', async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      expect((await open('main')).commit).toBe(head());
      expect(await costToOpen('main')).toBe(0);
    });

    it('asks for a file once, and keeps its content over a restart', async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      const files = await open('main');
      expect(await shop.world.cost(() => content(files, 'a.yaml'))).toBe(1);
      expect(await shop.world.cost(() => content(files, 'a.yaml'))).toBe(0);

      const again = await open('main', { index: shop.world.restart() });
      const requests = shop.world.simulator.requests.count();
      expect(await content(again, 'a.yaml')).toBe('a: 1\n');
      expect(shop.world.simulator.requests.count()).toBe(requests);
    });

    it('asks once whether there is a file', async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      const files = await open('main');
      expect(await lookAt(files, 'gone.yaml')).toEqual({ exists: false });
      const again = () => lookAt(files, 'gone.yaml');
      expect(await shop.world.cost(again)).toBe(0);
      expect(await again()).toEqual({ exists: false });
    });

    it('asks once which files match', async () => {
      await start({ 'b/x.yaml': '', 'a/x.yaml': '', 'x.txt': '' });
      const files = await open('main');
      const find = () => files.find(createPathGlob('**/x.yaml'), {});
      expect(await find()).toEqual(['a/x.yaml', 'b/x.yaml']);
      expect(await shop.world.cost(find)).toBe(0);
      expect(await find()).toEqual(['a/x.yaml', 'b/x.yaml']);
    });

    it('remembers that nothing matches', async () => {
      await start({ 'x.txt': '' });
      const files = await open('main');
      const find = () => files.find(createPathGlob('**/x.yaml'), {});
      expect(await find()).toEqual([]);
      expect(await shop.world.cost(find)).toBe(0);
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
        expect(await shop.world.cost(() => lookAt(files, path))).toBe(0);
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
      expect(await shop.world.cost(() => lookAt(files, 'big.yaml'))).toBe(0);
      expect(await lookAt(files, 'big.yaml')).toEqual(inLfs);
    });

    describe('that is too large', () => {
      const huge = `${'x'.repeat(1_500_000)}\n`;
      const tooLarge = { exists: true, size: huge.length };
      const contents = async () => {
        const knex = await shop.world.index.open();
        return knex('bitbucket__contents');
      };

      /** The index of a backend that was started again with another limit. */
      const withLimit = (maxFileBytes: number) =>
        createIndex(clientOf(shop.world.simulator, { maxFileBytes }), {
          open: shop.world.index.open,
        });

      it('knows its size and keeps no content', async () => {
        await start({ 'huge.yaml': huge });
        const files = await open('main');
        const look = () => lookAt(files, 'huge.yaml');
        expect(await shop.world.cost(look)).toBe(2);
        expect(await shop.world.cost(look)).toBe(0);
        expect(await look()).toEqual(tooLarge);
        expect(await contents()).toEqual([]);
      });

      it('reads it, once, when the limit is raised', async () => {
        await start({ 'huge.yaml': huge });
        await lookAt(await open('main'), 'huge.yaml');
        const files = await open('main', { index: withLimit(2_000_000) });
        const read = () => content(files, 'huge.yaml');
        expect(await shop.world.cost(read)).toBe(1);
        expect(await shop.world.cost(read)).toBe(0);
        expect(await read()).toBe(huge);
      });

      it('does not read it when the limit is raised too little', async () => {
        await start({ 'huge.yaml': huge });
        await lookAt(await open('main'), 'huge.yaml');
        const files = await open('main', { index: withLimit(1_200_000) });
        const look = () => lookAt(files, 'huge.yaml');
        expect(await shop.world.cost(look)).toBe(0);
        expect(await look()).toEqual(tooLarge);
      });

      it('carries that over to a head that has the same file', async () => {
        await start({ 'huge.yaml': huge, 'a.yaml': 'a: 1\n' });
        const before = await open('main');
        await lookAt(before, 'huge.yaml');
        await lookAt(before, 'a.yaml');
        shop.world.acme.push('shop', { 'a.yaml': 'a: 2\n' });
        const after = await open('main');
        const look = () => lookAt(after, 'huge.yaml');
        expect(await shop.world.cost(look)).toBe(0);
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
      expect(await shop.world.cost(() => content(files, 'large.yaml'))).toBe(0);
    });

    it('keeps a content once, wherever it lies', async () => {
      const same = { 'a.yaml': 'same\n', 'b.yaml': 'same\n' };
      await start(same, { other: same });
      for (const slug of ['shop', 'other']) {
        const files = await open('main', { slug });
        await content(files, 'a.yaml');
        await content(files, 'b.yaml');
      }
      const knex = await shop.world.index.open();
      expect(await knex('bitbucket__contents')).toHaveLength(1);
    });

    it('reads a content again that was lost, once', async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      const files = await open('main');
      await content(files, 'a.yaml');
      const knex = await shop.world.index.open();
      await knex('bitbucket__contents').delete();
      expect(await shop.world.cost(() => content(files, 'a.yaml'))).toBe(1);
      expect(await shop.world.cost(() => content(files, 'a.yaml'))).toBe(0);
      expect(await content(files, 'a.yaml')).toBe('a: 1\n');
    });

    it('remembers nothing of a fault', async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      const files = await open('main');
      shop.world.simulator.faults.add({ kind: 'status', status: 503 });
      await expect(lookAt(files, 'a.yaml')).rejects.toThrow('503');
      shop.world.simulator.faults.clear();
      expect(await content(files, 'a.yaml')).toBe('a: 1\n');
    });

    it('reports that the commit is missing, and finds the new head with refetch', async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      const repository = await shop.world.client.getRepository('acme', 'shop');
      shop.world.acme.push('shop', { 'a.yaml': 'a: 2\n' }, { force: true });
      shop.world.simulator.faults.add({
        path: repository.mainBranch?.hash,
        kind: 'status',
        status: 404,
        message: 'Commit not found',
      });
      const { files } = shop.world.index;
      const old = await files.open(repository, 'main', {});
      await expect(old?.stat('a.yaml', {})).rejects.toMatchObject({
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

  describe('requests at the same time', () => {
    it('are one for all lookups of a file', async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      const files = await open('main');
      const others = await open('main');
      const all = () =>
        Promise.all([files, files, others].map(one => content(one, 'a.yaml')));
      expect(await shop.world.cost(all)).toBe(1);
      expect(await all()).toEqual(['a: 1\n', 'a: 1\n', 'a: 1\n']);
    });

    it('are one for all who open a branch', async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      shop.world.acme.createBranch('shop', 'next');
      const repository = await shop.world.client.getRepository('acme', 'shop');
      const all = () =>
        Promise.all(
          [1, 2, 3].map(() =>
            shop.world.index.files.open(repository, 'next', {}),
          ),
        );
      expect(await shop.world.cost(all)).toBe(1);
    });
  });
});

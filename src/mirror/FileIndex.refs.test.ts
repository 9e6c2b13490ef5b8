import { shopFiles } from '../../testing/workspace/shopFiles';

const MINUTE = 60_000;

describe('FileIndex', () => {
  const shop = shopFiles();
  const { start, tryOpen, open, costToOpen, content, head, update } = shop;

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
      const { acme } = shop.world;
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
      expect(await shop.world.cost(() => content(files, 'a.yaml'))).toBe(0);
    });

    it('keeps the files of its head apart from those of others', async () => {
      expect(await content(await open('main'), 'a.yaml')).toBe('a: 3\n');
      expect(await content(await open(ref), 'a.yaml')).toBe('a: 2\n');
      expect(await content(await open('main'), 'a.yaml')).toBe('a: 3\n');
    });
  });

  describe('of a tag where a provider wants a branch', () => {
    const openBranch = async (ref: string) => {
      const repository = await shop.world.client.getRepository('acme', 'shop');
      const options = { branchOnly: true };
      return shop.world.index.files.open(repository, ref, {}, options);
    };

    beforeEach(async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      shop.world.acme.createTag('shop', 'v1.0');
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
      const repository = await shop.world.client.getRepository('acme', 'shop');
      const before = shop.world.simulator.requests.count();
      const found = await shop.world.index.files.openLongest(
        repository,
        names,
        {},
      );
      const cost = shop.world.simulator.requests.count() - before;
      return { ref: found?.ref, cost };
    };

    beforeEach(() => start({ 'a.yaml': 'a: 1\n' }));

    it('asks for all of them at once, and then no more', async () => {
      shop.world.acme.createBranch('shop', 'feature/x');
      expect(await openLongest()).toEqual({ ref: 'feature/x', cost: 1 });
      expect(await openLongest()).toEqual({ ref: 'feature/x', cost: 0 });
    });

    it('takes the branch where there are a branch and a tag', async () => {
      shop.world.acme.push('shop', { 'a.yaml': 'a: 2\n' });
      shop.world.acme.createTag('shop', 'feature/x', { from: 'main' });
      const { hash } = shop.world.acme.push(
        'shop',
        { 'a.yaml': 'a: 3\n' },
        { branch: 'feature/x' },
      );
      expect((await open('feature/x')).commit).toBe(hash);
    });

    it('remembers that there is none, until the repository is updated', async () => {
      expect(await openLongest()).toEqual({ ref: undefined, cost: 1 });
      expect(await openLongest()).toEqual({ ref: undefined, cost: 0 });
      shop.world.timing.advance(MINUTE);
      shop.world.acme.createTag('shop', 'feature');
      expect(await openLongest()).toEqual({ ref: 'feature', cost: 1 });
    });
  });

  describe('of a commit', () => {
    it('costs nothing, and what is in it never expires', async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      const hash = head();
      shop.world.acme.push('shop', { 'a.yaml': 'a: 2\n' });
      expect(await costToOpen(hash)).toBe(0);
      const files = await open(hash);
      expect(await shop.world.cost(() => content(files, 'a.yaml'))).toBe(1);

      update();
      shop.world.timing.advance(365 * 24 * 60 * MINUTE);
      expect(await costToOpen(hash)).toBe(0);
      const later = await open(hash);
      expect(await shop.world.cost(() => content(later, 'a.yaml'))).toBe(0);
      expect(await content(later, 'a.yaml')).toBe('a: 1\n');
    });
  });

  describe('of a ref that is not there', () => {
    it('asks for it once, until the repository is updated', async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      expect(await tryOpen('next')).toBeUndefined();
      expect(await costToOpen('next')).toBe(0);
      expect(await tryOpen('next')).toBeUndefined();
      shop.world.timing.advance(MINUTE);
      shop.world.acme.createBranch('shop', 'next');
      expect(await content(await open('next'), 'a.yaml')).toBe('a: 1\n');
    });

    it('forgets the files of a branch that was deleted', async () => {
      await start({ 'a.yaml': 'a: 1\n' });
      shop.world.acme.createBranch('shop', 'next');
      await content(await open('next'), 'a.yaml');
      shop.world.timing.advance(MINUTE);
      shop.world.acme.deleteBranch('shop', 'next');
      expect(await tryOpen('next')).toBeUndefined();
      expect(await shop.world.index.files.refNames('acme/shop')).toEqual([]);
    });
  });

  it('keeps nothing of a commit that the branch has left meanwhile', async () => {
    await start({ 'a.yaml': 'a: 1\n' });
    const old = await open('main');
    shop.world.timing.advance(MINUTE);
    shop.world.acme.push('shop', { 'a.yaml': 'a: 2\n' });
    const files = await open('main');
    expect(await content(old, 'a.yaml')).toBe('a: 1\n');
    expect(await content(files, 'a.yaml')).toBe('a: 2\n');
  });

  it('names the refs that were opened', async () => {
    await start({ 'a.yaml': 'a: 1\n' });
    shop.world.acme.createBranch('shop', 'feature/x');
    await open('main');
    await open('feature/x');
    await tryOpen('gone');
    const names = await shop.world.index.files.refNames('acme/shop');
    expect(names.sort()).toEqual(['feature/x', 'main']);
  });
});

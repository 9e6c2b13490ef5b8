import { wrongResponses } from '../../dev/simulator/faults';
import { Files } from '../../dev/simulator/world/tree';
import { startWorld, World } from '../../testing/workspace/startWorld';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SELECTION = { workspace: 'acme' };

/** Longer than the freshness of two minutes. */
const STALE = 3 * MINUTE;

describe('RepositoryIndex', () => {
  let world: World;

  async function start(...slugs: string[]): Promise<void> {
    const files: Files = { 'README.md': 'Hello' };
    world = await startWorld(
      Object.fromEntries(slugs.map(slug => [slug, files])),
    );
  }

  const find = (slug: string, index = world.index) =>
    index.repositories.find(`acme/${slug}`, {});

  const cost = (...slugs: string[]) =>
    world.cost(() => Promise.all(slugs.map(slug => find(slug))));

  /** The answer of `find`, or the name of its error. */
  const outcome = (slug: string) =>
    find(slug).then(
      found => found.slug,
      error => error.name,
    );

  const head = (slug: string) => world.acme.repository(slug).head?.hash;

  describe('find', () => {
    it('costs one request for a workspace, however many readers there are', async () => {
      await start('a', 'b', 'c');
      expect(await cost('a', 'b', 'c', 'a')).toBe(1);
      expect(await cost('c', 'b')).toBe(0);
      world.timing.advance(STALE);
      expect(await cost('b', 'a', 'c')).toBe(1);
    });

    it('notices a push once what it knows is no longer fresh', async () => {
      await start('a');
      const before = head('a');
      await find('a');
      world.timing.advance(MINUTE);
      world.acme.push('a', { 'README.md': 'new' });
      expect((await find('a')).mainBranch?.hash).toBe(before);
      world.timing.advance(STALE);
      expect((await find('a')).mainBranch?.hash).toBe(head('a'));
    });

    it('accepts names in any letter case', async () => {
      await start('shop');
      expect(await find('Shop')).toMatchObject({ fullName: 'acme/shop' });
      expect(await cost('SHOP')).toBe(0);
    });

    it('costs nothing right after a walk or a restart', async () => {
      await start('a');
      await world.index.repositories.refresh(SELECTION, {});
      expect(await cost('a')).toBe(0);
      const index = world.restart();
      expect(await world.cost(() => find('a', index))).toBe(0);
    });

    it('asks once for a repository that nothing is known of, and again after a day of silence', async () => {
      // The first look takes the hundred that were updated last.
      const others = Array.from(
        { length: 100 },
        (_, index) => `other-${index}`,
      );
      await start('oldest', ...others);
      await find('other-1');
      expect(await cost('oldest')).toBe(1);
      expect(await cost('oldest')).toBe(0);
      world.timing.advance(STALE);
      expect(await cost('oldest')).toBe(1);
      expect(world.simulator.requests.count({ endpoint: 'repository' })).toBe(
        1,
      );

      world.timing.advance(24 * HOUR);
      expect(await cost('oldest')).toBe(2);
      expect(world.simulator.requests.count({ endpoint: 'repository' })).toBe(
        2,
      );
    });

    it('finds a repository by the name that it had', async () => {
      await start('old', 'other');
      await find('old');
      world.acme.renameRepository('old', 'new');
      world.acme.push('new', { 'README.md': 'new' });
      world.timing.advance(STALE);
      expect(await find('old')).toMatchObject({ slug: 'new' });
      expect(await cost('old', 'new')).toBe(0);
    });

    it('takes a name for the repository that has it now', async () => {
      await start('shop');
      const { uuid } = await find('shop');
      world.timing.advance(STALE);
      world.acme.renameRepository('shop', 'shop-v1');
      world.acme.addRepository({ slug: 'shop' });
      const found = await find('shop');
      expect(found.slug).toBe('shop');
      expect(found.uuid).not.toBe(uuid);
    });

    it('remembers an old name that Bitbucket led away from', async () => {
      await start('new');
      world.simulator.faults.add({
        path: '/acme/old?',
        kind: 'redirect',
        location: `${world.simulator.apiBaseUrl}/repositories/acme/new`,
      });
      await find('new');
      // The question, and where it was redirected to.
      expect(await cost('old')).toBe(2);
      expect(await find('old')).toMatchObject({ slug: 'new' });
      expect(await cost('old')).toBe(0);
    });
  });

  describe('find, of a repository that is not there,', () => {
    it('asks for it less and less often', async () => {
      await start('a');
      const { requests } = world.simulator;
      const askedAt = [];
      for (let minute = 0; minute <= 240; minute += 1) {
        const before = requests.count({ endpoint: 'repository' });
        await expect(find('gone')).rejects.toMatchObject({
          missing: 'repository',
        });
        if (requests.count({ endpoint: 'repository' }) > before) {
          askedAt.push(minute);
        }
        world.timing.advance(MINUTE);
      }
      expect(askedAt).toEqual([0, 2, 4, 8, 16, 32, 64, 124, 184]);
    });

    it('finds it once a walk has seen it', async () => {
      await start('a');
      expect(await outcome('late')).toBe('NotFoundError');
      world.acme.addRepository({ slug: 'late', createdOn: world.timing.now() });
      expect(await outcome('late')).toBe('NotFoundError');
      await world.index.repositories.refresh(SELECTION, {});
      expect(await outcome('late')).toBe('late');
    });
  });

  describe('find, while Bitbucket is out of reach,', () => {
    const unavailable = { kind: 'status', status: 503 } as const;

    beforeEach(async () => {
      await start('a', 'b');
      await find('a');
      world.timing.advance(STALE);
    });

    it('answers from what is known, and sends requests again after a while', async () => {
      world.simulator.faults.add(unavailable);
      expect(await outcome('a')).toBe('a');
      expect(await cost('a', 'b')).toBe(0);
      world.simulator.faults.clear();
      world.timing.advance(30_000);
      expect(await cost('a', 'b')).toBe(1);
    });

    it('answers from what is known where no request may be sent', async () => {
      const headers = { 'Retry-After': '1800' };
      world.simulator.faults.add({ kind: 'status', status: 429, headers });
      expect(await outcome('a')).toBe('a');
      expect(await outcome('unknown')).toBe('RateLimitedError');
    });

    it('fails if the mirror has nothing', async () => {
      world.simulator.faults.add(unavailable);
      expect(await outcome('unknown')).toBe('UnavailableError');
      world.simulator.faults.clear();
      world.timing.advance(30_000);
      expect(await outcome('unknown')).toBe('NotFoundError');
    });

    it('answers nothing to a credential that is refused', async () => {
      world.simulator.faults.add({ kind: 'status', status: 401 });
      expect(await outcome('a')).toBe('UnauthorizedError');
    });

    it('asks for a repository by itself where the list is refused', async () => {
      const endpoint = 'repositories';
      world.simulator.faults.add({ endpoint, kind: 'status', status: 403 });
      expect(await cost('a')).toBe(2);
      expect(await cost('a')).toBe(0);
    });
  });

  describe('ask', () => {
    const known = async () =>
      (await world.index.repositories.known(SELECTION)).map(({ slug }) => slug);

    it('brings what is known of a repository up to date', async () => {
      await start('a', 'b');
      const { uuid } = await find('a');
      const version = await world.index.repositories.version(SELECTION);
      world.acme.renameRepository('a', 'new');
      const ask = () => world.index.repositories.ask(SELECTION, uuid, {});
      expect(await world.cost(ask)).toBe(1);
      expect(
        await world.index.repositories.known(SELECTION, version),
      ).toMatchObject([{ slug: 'new' }]);
    });

    it('adds nothing that it knew to what Bitbucket says', async () => {
      await start('a');
      const { uuid } = world.acme.repository('a');
      const { faults } = world.simulator;
      const ask = () => world.index.repositories.ask(SELECTION, uuid, {});
      faults.add(wrongResponses.repositoryWithNullMainBranch());
      expect(await ask()).toMatchObject({ mainBranch: null });
      faults.add(wrongResponses.repositoryWithoutMainBranch());
      expect((await ask()).mainBranch).toBeUndefined();
    });

    it('forgets a repository that was deleted, except its name', async () => {
      await start('a', 'b');
      const { uuid } = await find('a');
      world.acme.removeRepository('a');
      await expect(
        world.index.repositories.ask(SELECTION, uuid, {}),
      ).rejects.toMatchObject({ missing: 'repository' });
      expect(await known()).toEqual(['b']);
      expect(await world.index.repositories.names(['acme/a'])).toEqual(
        new Map([['acme/a', { uuid, isPrivate: false }]]),
      );
    });

    it('keeps everything after a fault', async () => {
      await start('a');
      const { uuid } = await find('a');
      world.simulator.faults.add({ kind: 'status', status: 403 });
      await expect(
        world.index.repositories.ask(SELECTION, uuid, {}),
      ).rejects.toMatchObject({ status: 403 });
      expect(await known()).toEqual(['a']);
    });
  });
});

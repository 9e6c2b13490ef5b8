import { startWorld, World } from '../../testing/workspace/startWorld';
import { Listing, ListingState } from './fullList';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SELECTION = { workspace: 'acme' };

describe('RepositoryIndex.list', () => {
  let world: World;

  async function start(count: number): Promise<void> {
    const slugs = Array.from({ length: count }, (_, position) => [
      `r${String(position + 1).padStart(2, '0')}`,
      { 'README.md': 'Hello' },
    ]);
    world = await startWorld(Object.fromEntries(slugs));
  }

  const list = (
    options: Partial<Listing> = {},
    index = world.index,
  ): Promise<ListingState> =>
    index.repositories.list(
      { selection: SELECTION, pagelen: 2, ...options },
      {},
    );

  const cost = (options: Partial<Listing> = {}, index = world.index) =>
    world.cost(() => list(options, index));

  const known = () => world.index.repositories.known(SELECTION);

  it('reads all pages, and again an hour later', async () => {
    await start(5);
    const startedAt = world.timing.now();
    expect(await cost()).toBe(3);
    expect(await known()).toHaveLength(5);

    world.timing.advance(HOUR - 1);
    expect(await cost()).toBe(0);
    expect((await list()).completeSince).toBe(startedAt);
    world.timing.advance(1);
    expect(await cost()).toBe(3);
    expect((await list()).completeSince).toBe(world.timing.now());
  });

  it('reads them as often as configured', async () => {
    await start(5);
    const intervalMs = 10 * MINUTE;
    expect(await cost({ intervalMs })).toBe(3);
    world.timing.advance(intervalMs - 1);
    expect(await cost({ intervalMs })).toBe(0);
    world.timing.advance(1);
    expect(await cost({ intervalMs })).toBe(3);
  });

  it('starts again when the clock was set back, and forgets what it saw later', async () => {
    await start(5);
    await list();
    const { acme } = world;
    acme.removeRepository('r01');
    world.timing.advance(-24 * HOUR);
    expect(await cost()).toBe(2);
    const { completeSince = 0 } = await list();
    expect(completeSince).toBe(world.timing.now());
    const seen = (await known()).filter(one => one.seenAt >= completeSince);
    const slugs = seen.map(({ slug }) => slug).sort();
    expect(slugs).toEqual(['r02', 'r03', 'r04', 'r05']);
  });

  it('does not start again after a restart', async () => {
    await start(5);
    await list();
    world.timing.advance(30 * MINUTE);
    expect(await cost({}, world.restart())).toBe(0);
  });

  it('recognises by when a repository was seen what a list lacks, and what is new in the rest', async () => {
    await start(4);
    await list();
    const version = await world.index.repositories.version(SELECTION);
    world.timing.advance(HOUR);
    world.acme.removeRepository('r02');
    world.acme.renameRepository('r03', 'renamed');
    world.acme.setVisibility('r04', 'private');

    const { completeSince = 0 } = await list();
    const unseen = (await known()).filter(one => one.seenAt < completeSince);
    expect(unseen).toMatchObject([{ slug: 'r02' }]);
    const changed = await world.index.repositories.known(SELECTION, version);
    expect(changed).toHaveLength(2);
    expect(changed).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ fullName: 'acme/renamed' }),
        expect.objectContaining({ slug: 'r04', isPrivate: true }),
      ]),
    );
  });

  it('goes on where it broke off, after a restart too', async () => {
    await start(7);
    const startedAt = world.timing.now();
    world.simulator.faults.add({ path: 'page=3', kind: 'status', status: 400 });
    await expect(list()).rejects.toThrow('answered 400');
    expect(await known()).toHaveLength(4);

    world.simulator.faults.clear();
    world.timing.advance(MINUTE);
    const index = world.restart();
    // From the last repository that was seen: four of seven are left.
    expect(await cost({}, index)).toBe(2);
    expect(await known()).toHaveLength(7);
    expect((await list({}, index)).completeSince).toBe(startedAt);
  });

  it('misses nothing that was pushed to meanwhile', async () => {
    await start(6);
    world.simulator.faults.add({
      path: 'page=2',
      kind: 'json',
      times: 1,
      change: body => {
        world.acme.push('r01', { 'README.md': 'new' });
        world.acme.push('r06', { 'README.md': 'new' });
        return body;
      },
    });
    await list();
    expect(await known()).toHaveLength(6);
  });

  it('keeps apart what is asked of the server in another way', async () => {
    await start(5);
    const filters = { exclude: {}, forks: true, query: 'slug = "r02"' };
    await list();
    expect(await cost({ filters })).toBe(1);
    expect(await cost({ filters })).toBe(0);
  });

  describe('of more than 30 pages', () => {
    const pagelen = 1;

    it('is read at once the first time', async () => {
      await start(35);
      expect(await cost({ pagelen })).toBe(35);
      expect(await known()).toHaveLength(35);
    });

    it('takes no more than 30 requests an hour from then on', async () => {
      await start(45);
      await list({ pagelen });
      const costs = [];
      for (let halfHour = 1; halfHour <= 8; halfHour += 1) {
        world.timing.advance(HOUR / 2);
        costs.push(await cost({ pagelen }));
      }
      // The last repository that was seen is asked for again.
      expect(costs).toEqual([0, 30, 0, 16, 0, 30, 0, 16]);
    });

    it('is complete once its end is reached', async () => {
      await start(45);
      await list({ pagelen });
      world.timing.advance(HOUR);
      const startedAt = world.timing.now();
      expect((await list({ pagelen })).completeSince).toBe(startedAt - HOUR);
      world.timing.advance(HOUR);
      expect((await list({ pagelen })).completeSince).toBe(startedAt);
    });

    it('does not wait after its end', async () => {
      await start(59);
      await list();
      world.timing.advance(HOUR);
      expect(await cost()).toBe(30);
      expect((await list()).completeSince).toBe(world.timing.now());
    });

    it('is read at once where an interval is set', async () => {
      await start(35);
      const intervalMs = HOUR;
      await list({ pagelen, intervalMs });
      world.timing.advance(HOUR);
      expect(await cost({ pagelen, intervalMs })).toBe(35);
    });

    it('does not rest any longer once an interval is set', async () => {
      await start(35);
      await list({ pagelen });
      world.timing.advance(HOUR);
      await list({ pagelen });
      expect(await cost({ pagelen, intervalMs: HOUR })).toBe(6);
    });
  });
});

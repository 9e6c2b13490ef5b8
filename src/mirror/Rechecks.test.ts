import { wrongResponses } from '../../dev/simulator/faults';
import { startWorld, World } from '../../testing/workspace/startWorld';
import { createPathGlob } from '../lib/globs';
import { dueRechecks } from './Rechecks';

const HOUR = 3_600_000;
const SELECTION = { workspace: 'acme' };

describe('dueRechecks', () => {
  const DAY = 22 * HOUR;
  const NOW = 1_000 * HOUR;

  it.each([
    ['counts from the first time on', 300, undefined, 0],
    ['waits until one is due', 11, HOUR, 0],
    ['spreads them over the period', 300, HOUR, 13],
    ['checks everything within the period', 22, DAY, 22],
    ['does not check much at once after a long pause', 3_000, DAY, 50],
  ])('%s', (_, total, elapsed, expected) => {
    const last = elapsed === undefined ? undefined : NOW - elapsed;
    expect(dueRechecks(total, DAY, last, NOW).count).toBe(expected);
  });

  it('loses no part of a re-check between walks', () => {
    let last = NOW;
    let sum = 0;
    for (let now = NOW; now < NOW + DAY; now += HOUR / 30) {
      const { count, at } = dueRechecks(7, DAY, last, now);
      last = at;
      sum += count;
    }
    expect(sum).toBe(6);
  });

  it('counts from now on after the clock was set back', () => {
    expect(dueRechecks(300, DAY, 2 * HOUR, HOUR)).toEqual({
      count: 0,
      at: HOUR,
    });
  });
});

describe('Rechecks', () => {
  const FILES = {
    'catalog-info.yaml': 'a: 1\n',
    'lib/catalog-info.yaml': 'b: 1\n',
  };

  /** Knows the repository by a wrong response. */
  async function start(
    wrong: keyof typeof KINDS,
  ): Promise<World & { uuid: string }> {
    const world = await startWorld({ shop: FILES });
    const { index, simulator, acme } = world;
    await index.repositories.refresh(SELECTION, {});
    await index.recheck(SELECTION, {});
    simulator.faults.add(KINDS[wrong]());
    const { uuid } = acme.repository('shop');
    await look(world);
    return { ...world, uuid };
  }

  const KINDS = {
    file: () => wrongResponses.missingFile(),
    listing: () => wrongResponses.emptyListing(),
    branch: () => wrongResponses.missingBranch(),
  };

  /** What is at the places that the wrong responses are about. */
  async function look({ index, acme }: World) {
    const [shop] = await index.repositories.byUuid(SELECTION, [
      acme.repository('shop').uuid,
    ]);
    const branchOnly = { branchOnly: true };
    const main = await index.files.open(shop, 'main', {}, branchOnly);
    const next = await index.files.open(shop, 'next', {}, branchOnly);
    return {
      file: (await main?.stat('catalog-info.yaml', {}))?.exists,
      listed: await main?.find(createPathGlob('lib/*.yaml'), {}),
      next: next !== undefined,
    };
  }

  it.each([
    ['file' as const, { file: false }, { file: true }],
    ['listing' as const, { listed: [] }, { listed: ['lib/catalog-info.yaml'] }],
  ])(
    'corrects a %s that one response left out, within a day and without a push',
    async (kind, before, after) => {
      const world = await start(kind);
      expect(await look(world)).toMatchObject(before);
      const corrected: string[] = [];
      for (let hour = 0; hour < 24; hour += 1) {
        world.timing.advance(HOUR);
        corrected.push(...(await world.index.recheck(SELECTION, {})));
      }
      expect(corrected).toContain(world.uuid);
      expect(await look(world)).toMatchObject(after);
    },
  );

  it('corrects a branch that one response left out', async () => {
    const world = await startWorld({ shop: FILES });
    world.acme.createBranch('shop', 'next');
    await world.index.repositories.refresh(SELECTION, {});
    await world.index.recheck(SELECTION, {});
    world.simulator.faults.add(KINDS.branch());
    expect(await look(world)).toMatchObject({ next: false });
    for (let hour = 0; hour < 24; hour += 1) {
      world.timing.advance(HOUR);
      await world.index.recheck(SELECTION, {});
    }
    expect(await look(world)).toMatchObject({ next: true });
  });

  it('corrects an old head of a branch within a day and without a push, and costs one request for each head that is right', async () => {
    const world = await startWorld({ shop: FILES, store: FILES });
    const { acme, index, simulator, timing } = world;
    await index.recheck(SELECTION, {});
    for (const slug of ['shop', 'store']) {
      acme.push(slug, { 'new.yaml': 'c: 1\n' }, { branch: 'next' });
    }
    await index.repositories.refresh(SELECTION, {});
    const open = async (slug: string) => {
      const [repository] = await index.repositories.byUuid(SELECTION, [
        acme.repository(slug).uuid,
      ]);
      const branchOnly = { branchOnly: true };
      return index.files.open(repository, 'next', {}, branchOnly);
    };
    simulator.faults.add(wrongResponses.staleBranch(acme));
    const newest = acme.repository('shop').branches.get('next')?.hash;
    expect((await open('shop'))?.commit).not.toBe(newest);
    await open('store');

    const corrected: string[] = [];
    const day = async () => {
      for (let hour = 0; hour < 24; hour += 1) {
        timing.advance(HOUR);
        corrected.push(...(await index.recheck(SELECTION, {})));
      }
    };
    expect(await world.cost(day)).toBe(2);
    expect(corrected).toEqual([acme.repository('shop').uuid]);
    expect((await open('shop'))?.commit).toBe(newest);
    // The response that corrected it is checked like any other.
    expect(await world.cost(day)).toBe(1);
    expect(await world.cost(day)).toBe(0);
  });

  it('costs one request for each result that says that something is missing, in a day', async () => {
    const world = await startWorld({ shop: {}, store: FILES });
    const { index, timing } = world;
    await index.repositories.refresh(SELECTION, {});
    await index.recheck(SELECTION, {});
    for (const { uuid } of world.acme.repositories) {
      const [repository] = await index.repositories.byUuid(SELECTION, [uuid]);
      const branchOnly = { branchOnly: true };
      const head = await index.files.open(repository, 'main', {}, branchOnly);
      await head?.stat('catalog-info.yaml', {});
      await head?.stat('missing.yaml', {});
    }
    const requests = await world.cost(async () => {
      for (let hour = 0; hour < 22; hour += 1) {
        timing.advance(HOUR);
        await index.recheck(SELECTION, {});
      }
    });
    expect(requests).toBe(3);
  });
});

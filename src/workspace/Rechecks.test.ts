import { wrongResponses } from '../../dev/simulator';
import { startWorld, World } from './__testUtils__';
import { dueRechecks } from './Rechecks';
import { createPathGlob } from './pathGlob';

const HOUR = 3_600_000;
const SCOPE = { workspace: 'acme' };

describe('dueRechecks', () => {
  it.each([
    ['counts from the first time on', { negatives: 300 }, undefined, 0],
    ['waits until one is due', { negatives: 11 }, HOUR, 0],
    ['spreads them over less than a day', { negatives: 300 }, HOUR, 14],
    ['checks everything in 22 hours', { negatives: 22 }, 22 * HOUR, 22],
    [
      'does not check much at once after a long pause',
      { negatives: 3_000 },
      22 * HOUR,
      50,
    ],
  ])('%s', (_, { negatives }, elapsed, expected) => {
    const now = 1_000 * HOUR;
    const last = elapsed === undefined ? undefined : now - elapsed;
    const due = dueRechecks({ negatives, positives: 0 }, last, now);
    expect(due.negatives).toBe(expected);
  });

  it('checks what exists once a month', () => {
    const counts = { negatives: 0, positives: 1_440 };
    expect(dueRechecks(counts, 0, HOUR)).toMatchObject({ positives: 2 });
  });

  it('counts again from now on after the clock was set back', () => {
    const counts = { negatives: 300, positives: 0 };
    expect(dueRechecks(counts, 2 * HOUR, HOUR)).toEqual({
      negatives: 0,
      positives: 0,
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
    await index.repositories.refresh(SCOPE, {});
    await index.recheck(SCOPE, {});
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
    const [shop] = await index.repositories.byUuid(SCOPE, [
      acme.repository('shop').uuid,
    ]);
    const branchOnly = { branchOnly: true };
    const main = await index.files.open(shop, 'main', {}, branchOnly);
    const next = await index.files.open(shop, 'next', {}, branchOnly);
    return {
      file: (await main?.look('catalog-info.yaml', {}))?.exists,
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
        corrected.push(...(await world.index.recheck(SCOPE, {})));
      }
      expect(corrected).toContain(world.uuid);
      expect(await look(world)).toMatchObject(after);
    },
  );

  it('corrects a branch that one response left out', async () => {
    const world = await startWorld({ shop: FILES });
    world.acme.createBranch('shop', 'next');
    await world.index.repositories.refresh(SCOPE, {});
    await world.index.recheck(SCOPE, {});
    world.simulator.faults.add(KINDS.branch());
    expect(await look(world)).toMatchObject({ next: false });
    for (let hour = 0; hour < 24; hour += 1) {
      world.timing.advance(HOUR);
      await world.index.recheck(SCOPE, {});
    }
    expect(await look(world)).toMatchObject({ next: true });
  });

  it('costs one request for each result that says that something is missing, in a day', async () => {
    const world = await startWorld({ shop: {}, store: FILES });
    const { index, timing } = world;
    await index.repositories.refresh(SCOPE, {});
    await index.recheck(SCOPE, {});
    for (const { uuid } of world.acme.repositories) {
      const [repository] = await index.repositories.byUuid(SCOPE, [uuid]);
      const branchOnly = { branchOnly: true };
      const head = await index.files.open(repository, 'main', {}, branchOnly);
      await head?.look('catalog-info.yaml', {});
      await head?.look('missing.yaml', {});
    }
    const requests = await world.cost(async () => {
      for (let hour = 0; hour < 22; hour += 1) {
        timing.advance(HOUR);
        await index.recheck(SCOPE, {});
      }
    });
    expect(requests).toBeLessThanOrEqual(2);
  });
});

import { SimulatedInstance } from '../../dev/simulator/data-center';
import { startDataCenter } from '../../testing/dataCenter';
import { dataCenterIndexOf } from '../../testing/dataCenterIndex';
import { Repository } from '../scm/types';

const MINUTE = 60_000;

/** An instance whose heads take half an hour for a round, with all of them known. */
async function start(headFreshnessMs?: number) {
  const instance = new SimulatedInstance();
  for (const key of ['PAY', '~JANE']) {
    instance.addProject(key);
    for (const slug of ['a', 'b', 'c']) {
      instance.addRepository(key, { slug, files: { 'a.txt': slug } });
    }
  }
  const simulator = await startDataCenter({ instance });
  let now = Date.parse('2026-11-27T12:00:00Z');
  const index = dataCenterIndexOf(simulator, {
    heads: {
      maxAgeMs: 20 * MINUTE,
      withoutDeliveries: {
        maxAgeMs: 10 * MINUTE,
        isIn: key => Boolean(key?.startsWith('~')),
      },
      perWalk: 2,
      walkMs: 10 * MINUTE,
    },
    headFreshnessMs,
    now: () => now,
  });
  const selection = { workspace: index.host.id };
  const { repositories } = index;
  await repositories.list({ selection, pagelen: 1_000 }, {});
  for (const repository of await repositories.known(selection)) {
    await repositories.askMainBranch(selection, repository, {});
  }
  const cost = async (work: () => Promise<unknown>) => {
    simulator.requests.clear();
    await work();
    return simulator.requests.count();
  };
  const projectsOf = async (uuids: string[]) => {
    const known = await repositories.byUuid(selection, uuids);
    return known.map(({ fullName }) => fullName.split('/')[1]);
  };
  const take = (only?: (all: Repository[]) => Repository[]) =>
    repositories.heads.take(selection, {}, only);
  /** Those that a walk takes, and comes to. */
  const due = async (only?: (all: Repository[]) => Repository[]) => {
    const uuids = await take(only);
    await repositories.heads.settled(selection, uuids);
    return projectsOf(uuids);
  };
  /** The mirror API has hashes of the repositories of some slugs. */
  const stampsOf = (slugs: string[]) => {
    const values = instance.repositories
      .filter(({ slug }) => slugs.includes(slug))
      .map(one => ({
        id: instance.idOf(one),
        properties: { contentHash: 'same' },
      }));
    return simulator.faults.add({
      kind: 'rewrite',
      path: '/mirroring/',
      rewrite: ({ headers }) => ({
        status: 200,
        headers,
        body: Buffer.from(JSON.stringify({ values, isLastPage: true })),
      }),
    });
  };
  return {
    stampsOf,
    repositories,
    selection,
    cost,
    due,
    take,
    settle: (uuids: string[]) => repositories.heads.settled(selection, uuids),
    pass: (minutes: number) => {
      now += minutes * MINUTE;
    },
  };
}

describe('DueHeads', () => {
  it('answers readers for two rounds of walks, however old heads may be', async () => {
    const { repositories, selection, cost, pass } = await start();
    const read = () => repositories.find(`${selection.workspace}/PAY/a`, {});
    pass(59);
    expect(await cost(read)).toBe(0);
    pass(2);
    expect(await cost(read)).toBeGreaterThan(0);
    expect(await cost(read)).toBe(0);
  });

  it('answers readers for a shorter time where that is configured', async () => {
    const { repositories, selection, cost, pass } = await start(5 * MINUTE);
    const read = () => repositories.find(`${selection.workspace}/PAY/a`, {});
    pass(4);
    expect(await cost(read)).toBe(0);
    pass(2);
    expect(await cost(read)).toBe(2);
    expect(await cost(read)).toBe(0);
  });

  it('gives the turns of repositories whose heads no provider needs to the others', async () => {
    const { due, pass } = await start();
    const ofPay = (all: Repository[]) =>
      all.filter(({ projectKey }) => projectKey === 'PAY');
    pass(21);
    expect(await due(ofPay)).toEqual(['PAY', 'PAY']);
    expect(await due(ofPay)).toEqual(['PAY']);
    expect(await due(ofPay)).toEqual([]);
  });

  it('takes the heads sooner for due whose pushes are not delivered', async () => {
    const { due, pass } = await start();
    pass(11);
    expect(await due()).toEqual(['~JANE', '~JANE']);
    expect(await due()).toEqual(['~JANE']);
    expect(await due()).toEqual([]);
    pass(10);
    expect(await due()).toEqual(['PAY', 'PAY']);
  });

  it('takes the heads as often as ever for due that no stamp is of', async () => {
    const { stampsOf, due, pass } = await start();
    const walks = async () => [await due(), await due(), await due()];
    const clear = stampsOf(['a', 'b', 'c']);
    await walks();
    pass(21);
    expect((await walks()).flat()).toEqual([]);
    clear();
    stampsOf(['a']);
    pass(1);
    expect((await walks()).flat().sort()).toEqual([
      'PAY',
      'PAY',
      '~JANE',
      '~JANE',
    ]);
  });

  it('takes those again for the next walk that one did not come to, before all others', async () => {
    const { take, settle, pass } = await start();
    pass(21);
    const [first, second] = await take();
    // Another provider, whose walk begins at the same time, leaves them to this one.
    expect(await take()).not.toContain(first);
    await settle([first]);
    pass(10);
    const again = await take();
    expect(again).toContain(second);
    expect(again).not.toContain(first);
    await settle(again);
    pass(10);
    expect(await take()).not.toContain(second);
  });
});

import { FaultKind } from '../../../../dev/simulator';
import { patternOf, Row } from '../row';
import type { WalkWorld } from '../WalkWorld';
import type { DataCenter } from './DataCenter';

type World = WalkWorld<DataCenter>;

const FILE = 'catalog-info.yaml';

/** Failures of one request that a single repository may have. */
const KINDS: FaultKind[] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 409 },
  { kind: 'emptyBody' },
  { kind: 'status', status: 200, html: '<html><title>Log in</title></html>' },
  { kind: 'dropSocket', when: 'inBody' },
];

const EACH =
  '`500`, `409`, an empty body, a page for people, or a connection that drops';

/** A repository of one row alone, with one catalog file. */
export async function withRepository(
  world: World,
  test: (slug: string) => Promise<void>,
  { hasBranch = false } = {},
): Promise<void> {
  const { bitbucket } = world;
  const slug = bitbucket.addOne({ hasBranch });
  await world.walk();
  await world.hasTheTruth();
  await test(slug);
  bitbucket.simulator.faults.clear();
  bitbucket.acme.removeRepository(slug);
  await world.walk();
  await world.hasTheTruth();
}

/** What is requested beside the list, a head and a file, where those leave a question open. */
export const SECOND_REQUESTS: Row<World>[] = [
  {
    fault: EACH,
    strikes: '`browse`, which confirms that a file is gone',
    happens: 'nothing is removed until there is an answer',
    says: ' 0 removed, 1 missing but kept, ',
    async run(world) {
      const { acme, simulator } = world.bitbucket;
      for (const kind of world.someOf(KINDS)) {
        await withRepository(world, async slug => {
          acme.push(slug, { [FILE]: null });
          simulator.faults.add({ endpoint: 'browse', ...kind });
          const line = await world.keepsAll(() => world.walk());
          expect(line).toMatch(patternOf(this.says));
          simulator.faults.clear();
          expect(await world.walk()).toContain(' 1 removed, ');
          await world.hasTheTruth();
        });
      }
    },
  },
  {
    fault: EACH,
    strikes: '`browse`, which confirms that a file is empty',
    happens:
      'the repository is skipped (failing) and keeps what is known of it',
    says: '1 skipped (1 failing), … 0 added, …0 removed, ',
    async run(world) {
      const { acme, simulator } = world.bitbucket;
      for (const kind of world.someOf(KINDS)) {
        await withRepository(world, async slug => {
          acme.push(slug, { [FILE]: '' });
          simulator.faults.add({ endpoint: 'browse', ...kind });
          const line = await world.keepsAll(() => world.walk());
          expect(line).toMatch(patternOf(this.says));
        });
      }
    },
  },
  {
    fault: EACH,
    strikes: '`archive`, which says whether a file is a symbolic link',
    happens:
      'the repository is skipped (failing) and keeps what is known of it',
    says: '1 skipped (1 failing), … 0 added, …0 removed, ',
    async run(world) {
      const { acme, simulator } = world.bitbucket;
      for (const kind of world.someOf(KINDS)) {
        await withRepository(world, async slug => {
          acme.push(slug, { [FILE]: 'docs/other.yaml' });
          simulator.faults.add({ endpoint: 'archive', ...kind });
          const line = await world.keepsAll(() => world.walk());
          expect(line).toMatch(patternOf(this.says));
        });
      }
    },
  },
];

import { FaultKind } from '../../../../dev/simulator';
import { DataCenterEndpoint } from '../../../../dev/simulator/data-center';
import { until } from '../../../../testing/until';
import { patternOf, Row } from '../row';
import type { WalkWorld } from '../WalkWorld';
import type { DataCenter } from './DataCenter';

type World = WalkWorld<DataCenter>;

/** So soon after a delivery, no head is due by its age. */
const NEXT_WALK_MS = 2 * 60_000;

type Struck = {
  fault: string;
  kinds: FaultKind[];
  /** What is requested after the delivery. */
  endpoint: DataCenterEndpoint;
  strikes: string;
  says: string;
};

const OUTAGES: FaultKind[] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503 },
  { kind: 'dropSocket', when: 'beforeHeaders' },
  { kind: 'emptyBody' },
];

const PASSING = '`500`, `503`, a connection that drops, or an empty body';

const NOT_PROCESSED =
  'A delivery for … could not be processed, and the next walk catches up: ';

const STRUCK: Struck[] = [
  {
    fault: PASSING,
    kinds: OUTAGES,
    endpoint: 'repository',
    strikes: 'the repository, after the delivery of a push',
    says: NOT_PROCESSED,
  },
  {
    fault: PASSING,
    kinds: OUTAGES,
    endpoint: 'branchesDefault',
    strikes: 'its default branch, after the delivery of a push',
    says: NOT_PROCESSED,
  },
  {
    fault: PASSING,
    kinds: OUTAGES,
    endpoint: 'raw',
    strikes: 'the file, after the delivery of a push',
    says: 'Processed a delivery for …: ',
  },
  {
    fault: '`401` or `429`',
    kinds: [
      { kind: 'status', status: 401 },
      { kind: 'status', status: 429 },
    ],
    endpoint: 'repository',
    strikes: 'the repository, after the delivery of a push',
    says: NOT_PROCESSED,
  },
  {
    fault: '`401` or `429`',
    kinds: [
      { kind: 'status', status: 401 },
      { kind: 'status', status: 429 },
    ],
    endpoint: 'raw',
    strikes: 'the file, after the delivery of a push',
    says: NOT_PROCESSED,
  },
];

const lifecycleIn = async (world: World, slug: string) =>
  (await world.backend.entities('component')).find(
    ({ metadata }) => metadata.name === slug,
  )?.spec?.lifecycle;

/** For a world whose pushes are delivered, with a repository for each row. */
export const DELIVERIES: Row<World>[] = STRUCK.map(
  ({ kinds, endpoint, ...texts }, position) => ({
    ...texts,
    happens: 'the entities stay, and the next walk brings the push',
    async run(world) {
      const { bitbucket, backend, timing } = world;
      const { faults } = bitbucket.simulator;
      // One for each row, since many deliveries about the same one have to wait.
      const slug = bitbucket.slugs[position];
      for (const kind of world.someOf(kinds)) {
        backend.logs.length = 0;
        const before = await lifecycleIn(world, slug);
        faults.add({ endpoint, ...kind });
        await world.keepsAll(async () => {
          bitbucket.push([slug]);
          await until(
            async () =>
              backend
                .messages('debug', 'info', 'warn')
                .some(line => patternOf(texts.says).test(line)),
            async () =>
              `${texts.says}; logged: ${backend.messages('debug', 'info', 'warn', 'error').slice(-14).join('\n')}`,
          );
        });
        expect(await lifecycleIn(world, slug)).toBe(before);
        faults.clear();
        // A pause has ended by then.
        timing.advance(NEXT_WALK_MS);
        await backend.walk();
        await world.hasTheTruth();
      }
    },
  }),
);

import bitbucketCloud from '..';
import {
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import { fakeTiming } from '../../testing/bitbucket';
import {
  clientWithTiming,
  componentFile,
  configFor,
  DATABASES,
  DatabaseServer,
  ON_DEMAND,
  TestBackend,
  until,
  withoutRereads,
} from '../../testing';

const FILE = 'catalog-info.yaml';
const HOUR = 3_600_000;

describe.each(DATABASES)(
  'in a catalog that reads again only what changes, on %s, a new file',
  (_, serve) => {
    let databases: DatabaseServer;
    let timing: ReturnType<typeof fakeTiming>;
    let acme: SimulatedWorkspace;
    let simulator: Simulator;
    let backend: TestBackend;

    beforeAll(async () => {
      databases = await serve();
    });
    beforeEach(async () => {
      timing = fakeTiming();
      acme = new SimulatedWorkspace({ slug: 'acme' });
      const { now } = timing;
      simulator = await startSimulator({ workspaces: [acme], now });
    });
    afterEach(async () => {
      await backend.stop();
      await simulator.stop();
    });
    afterAll(() => databases.stop());

    it.each([
      ['fails for the repository alone', { status: 409 }],
      ['fails like an outage', { status: 503 }],
      [
        'is refused for an hour',
        { status: 429, headers: { 'retry-after': '3600' } },
      ],
    ])(
      'is in the catalog after the next walk although the request for it %s at first',
      async (__, answer) => {
        const { schedule } = ON_DEMAND;
        acme.addRepository({
          slug: 'a',
          files: { [FILE]: componentFile('a') },
        });
        simulator.faults.add({ path: `/${FILE}`, kind: 'status', ...answer });
        backend = await TestBackend.start({
          database: databases.createDatabase(),
          config: withoutRereads(
            // A file that a glob finds is read by the catalog, and not by the walk.
            configFor(simulator, {
              workspace: 'acme',
              schedule,
              catalogPath: FILE,
            }),
          ),
          features: [bitbucketCloud, clientWithTiming(timing)],
        });
        await backend.walked();
        await until(
          async () =>
            simulator.requests.entries.some(({ path }) => path.endsWith(FILE)),
          'the catalog to request the file',
        );
        simulator.faults.clear();
        timing.advance(2 * HOUR);
        await backend.walk();
        await backend.hasComponents(['a']);
      },
    );
  },
);

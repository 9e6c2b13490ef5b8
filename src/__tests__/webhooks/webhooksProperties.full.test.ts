import { setTimeout as sleep } from 'node:timers/promises';
import eventsPlugin from '@backstage/plugin-events-backend';
import fc from 'fast-check';
import {
  Fate,
  Random,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../../dev/simulator';
import { CATALOG_PATHS, FOLDERS } from '../../../e2e/soak/catalogFiles';
import { WORKSPACE } from '../../../e2e/soak/CloudWorld';
import { differences, linesOf } from '../../../e2e/soak/truth';
import { EXCLUDED_PROJECT } from '../../../e2e/soak/World';
import bitbucketCloud from '../..';
import {
  configFor,
  ON_DEMAND,
  TestBackend,
  until,
  watchComponents,
} from '../../../testing';
import { CHANGE_KINDS, makeChange } from './changes';
import { addWithFile, Fleet, workspaceTruth } from './Fleet';

/** The same changes each time, unless another seed is given. */
const SEED = Number(process.env.WEBHOOKS_SEED ?? 20261123);
const RUNS = Number(process.env.WEBHOOKS_RUNS ?? 25);
/** Then it has failed, or one that has failed is not made smaller any more. */
const LIMIT_MS = 240_000;

const SECRET = 'a-secret-for-tests';
const REPOSITORIES = 3;
const LOOK_EVERY_MS = 30;
/** How long a catalog may take to come to rest. */
const REST_SECONDS = 20;
/** Deliveries that come within it are one look. */
const A_MOMENT_MS = 400;

/** What becomes of the deliveries of a change. */
const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 4, arbitrary: fc.constant('send') },
  { weight: 2, arbitrary: fc.constant('lose') },
  { weight: 3, arbitrary: fc.constant('hold') },
  {
    weight: 1,
    arbitrary: fc.record({ repeat: fc.integer({ min: 1, max: 3 }) }),
  },
);

/** What is waited for before the next change. */
const next = fc.constantFrom(
  'nothing',
  'deliveries',
  'what is held back',
  'a moment',
  'a walk, to begin',
);

const step = fc.record({
  kind: fc.constantFrom(...CHANGE_KINDS),
  /** Which repository, of those there are. */
  repository: fc.nat(REPOSITORIES),
  folder: fc.constantFrom(...FOLDERS),
  fate,
  next,
});

const history = fc.record({
  steps: fc.array(step, { minLength: 3, maxLength: 12, size: 'max' }),
  /** Of the order in which deliveries come that were held back. */
  shuffle: fc.nat(),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

describe('webhooks, whatever happens', () => {
  let soak: SimulatedWorkspace;
  let other: SimulatedWorkspace;
  let simulator: Simulator;
  let backend: TestBackend;
  let spare: string[] = [];
  /** What is wrong since a run that failed; those that follow are not to blame. */
  let wrong: string[] = [];
  let steps = 0;

  beforeAll(async () => {
    soak = new SimulatedWorkspace({ slug: WORKSPACE });
    other = new SimulatedWorkspace({ slug: 'elsewhere' });
    addWithFile(soak, 'always-there', 0);
    simulator = await startSimulator({ workspaces: [soak, other] });
    backend = await startBackend(simulator);
    for (const { hooks } of [soak, other]) {
      hooks.add({
        url: `${backend.baseUrl}/api/events/http/bitbucketCloud`,
        events: [
          'repo:push',
          'repo:created',
          'repo:deleted',
          'repo:imported',
          'repo:transfer',
          'repo:updated',
        ],
        secret: SECRET,
      });
    }
  });
  afterAll(async () => {
    await backend.stop();
    await simulator.stop();
  });

  const expected = () => [...workspaceTruth(soak).values()].flat();

  async function shown(): Promise<string[]> {
    const [locations, components] = await Promise.all(
      ['location', 'component'].map(kind => backend.entities(kind)),
    );
    return linesOf([...locations, ...components]);
  }

  async function equalsWorkspace(): Promise<void> {
    const before = new Set(wrong);
    await until(
      async () => {
        wrong = differences(expected(), await shown());
        return wrong.every(line => before.has(line));
      },
      async () =>
        `the catalog to equal the workspace:\n${wrong.join('\n')}\nLogged: ${backend.messages().join('; ')}`,
      REST_SECONDS,
    );
  }

  /** Repositories that the catalog knows, and that nothing was done to yet. */
  async function takeFleet(): Promise<Fleet> {
    if (spare.length === 0) {
      simulator.deliveries.plan = () => 'lose';
      spare = Array.from({ length: RUNS * REPOSITORIES }, () => {
        steps += 1;
        return addWithFile(soak, `spare-${steps}`, steps).slug;
      });
      await backend.walk();
      await equalsWorkspace();
    }
    return new Fleet(soak, other, spare.splice(0, REPOSITORIES));
  }

  async function take(
    fleet: Fleet,
    { kind, repository, folder, ...one }: Step,
    random: Random,
  ): Promise<void> {
    steps += 1;
    simulator.deliveries.plan = () => one.fate;
    const { repositories } = fleet;
    makeChange(fleet, kind, {
      repository: repositories[repository % repositories.length],
      folder,
      step: steps,
    });
    fleet.noteLosses();
    switch (one.next) {
      case 'deliveries':
        return simulator.deliveries.settled();
      case 'what is held back':
        return simulator.deliveries.release(held => random.shuffled(held));
      case 'a moment':
        return sleep(A_MOMENT_MS);
      case 'a walk, to begin':
        return backend.beginWalk();
      default:
        return undefined;
    }
  }

  it(
    'end with the catalog as the workspace is, and never lose what was never gone',
    async () => {
      await backend.walked();
      const property = fc.asyncProperty(
        history,
        async ({ steps: todo, shuffle }) => {
          const fleet = await takeFleet();
          const random = new Random(shuffle);
          const end = watchComponents(backend, fleet.neverGone, LOOK_EVERY_MS);
          try {
            for (const one of todo) {
              await take(fleet, one, random);
            }
            await simulator.deliveries.release(held => random.shuffled(held));
            await backend.walk();
            await equalsWorkspace();
          } finally {
            const { missed } = await end();
            const neverGone = new Set(fleet.neverGone);
            expect(missed.filter(name => neverGone.has(name))).toEqual([]);
          }
        },
      );
      await fc.assert(property, {
        seed: SEED,
        numRuns: RUNS,
        interruptAfterTimeLimit: LIMIT_MS,
        markInterruptAsFailure: true,
      });
      expect(backend.messages()).toEqual([]);
    },
    LIMIT_MS + 60_000,
  );
});

/** A backend that gets a delivery of every change, and walks only at the start. */
function startBackend(simulator: Simulator): Promise<TestBackend> {
  const { catalog, ...others } = configFor(simulator, {
    workspace: WORKSPACE,
    catalogPath: CATALOG_PATHS,
    filters: { exclude: { projectKey: EXCLUDED_PROJECT } },
    removals: { maxPercentage: 100 },
    ...ON_DEMAND,
  });
  return TestBackend.start({
    config: {
      ...others,
      catalog: {
        ...catalog,
        // What has changed is read because the module says so.
        processingInterval: { hours: 1 },
        stitchingStrategy: {
          mode: 'deferred',
          pollingInterval: { milliseconds: 100 },
        },
      },
      events: {
        useEventBus: 'never',
        modules: { bitbucketCloud: { webhookSecret: SECRET } },
      },
    },
    features: [bitbucketCloud, eventsPlugin],
  });
}

import { Entity } from '@backstage/catalog-model';
import {
  FaultTarget,
  generateWorkspace,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import {
  BackendProcess,
  configFor,
  Database,
  BOTH_DATABASES,
  DatabaseServer,
  ON_DEMAND,
  until,
} from '../../testing';

/** More than are handed over to the catalog at once. */
const REPOSITORIES = 130;
const CONCURRENCY = 4;
const PAGELEN = 50;

/** What the catalog was about to show when it was killed, it takes up a minute later. */
const SHOWN_SECONDS = 120;

/** Where the first walk stands when its process is ended, one after the other, and how. */
const ENDS: [at: FaultTarget, signal: 'SIGKILL' | 'SIGTERM'][] = [
  // Halfway through the list.
  [{ endpoint: 'repositories', path: /[?&]page=2(&|$)/ }, 'SIGKILL'],
  // Before anything has been handed over.
  [{ endpoint: 'src', skip: 30 }, 'SIGTERM'],
  [{ endpoint: 'src', skip: 30 }, 'SIGKILL'],
  // After the first hundred have been.
  [{ endpoint: 'src', skip: 50 }, 'SIGTERM'],
  [{ endpoint: 'src', skip: 8 }, 'SIGKILL'],
];

describe.each(BOTH_DATABASES)('the first walk, with %s', (_, startServer) => {
  let databases: DatabaseServer;
  let database: Database;
  let acme: SimulatedWorkspace;
  let simulator: Simulator;
  let backend: BackendProcess | undefined;

  beforeAll(async () => {
    databases = await startServer();
  });
  beforeEach(async () => {
    database = databases.createDatabase();
    acme = generateWorkspace({
      slug: 'acme',
      repositories: REPOSITORIES,
      withCatalogFile: REPOSITORIES,
    });
    simulator = await startSimulator({ workspaces: [acme] });
  });
  afterEach(async () => {
    await backend?.end('SIGKILL');
    await simulator.stop();
  });
  afterAll(() => databases.stop());

  /** What the catalog is to show in the end, each once. */
  const expected = () =>
    acme.repositories
      .flatMap(({ slug, mainBranch }) => [
        slug,
        `https://bitbucket.org/acme/${slug}/src/${mainBranch}/catalog-info.yaml`,
      ])
      .sort();

  async function fork(): Promise<BackendProcess> {
    const { schedule } = ON_DEMAND;
    const provider = { workspace: 'acme', pagelen: PAGELEN, schedule };
    backend = await BackendProcess.fork({
      config: configFor(simulator, provider, { concurrency: CONCURRENCY }),
      database,
    });
    return backend;
  }

  const requests = ({ endpoint, path = /^/ }: FaultTarget) =>
    simulator.requests.entries.filter(
      one =>
        one.endpoint === endpoint &&
        `?${new URLSearchParams(one.query)}`.search(path) >= 0,
    ).length;

  /** Lets no answer come from this point on, and waits until the walk is there. */
  async function haltAt(point: FaultTarget): Promise<() => void> {
    const before = requests(point);
    const clearFault = simulator.faults.add({
      ...point,
      kind: 'hang',
      when: 'beforeHeaders',
    });
    const process = await fork();
    await until(
      async () => requests(point) > before + (point.skip ?? 0),
      async () => `the walk to come to ${point.endpoint}. ${process.tail}`,
    );
    return clearFault;
  }

  it('continues where it stopped, however often its process is ended', async () => {
    for (const [point, signal] of ENDS) {
      const clearFault = await haltAt(point);
      const exitCode = await backend?.end(signal);
      expect(exitCode).toBe(signal === 'SIGTERM' ? 0 : null);
      clearFault();
    }
    const last = await fork();
    await last.started();
    await until(
      async () => (await shownBy(last)).join() === expected().join(),
      async () => `everything to be shown. ${last.tail}`,
      SHOWN_SECONDS,
    );
    expect(last.messages('error')).toEqual([]);

    // Only what was under way when a process ended is requested again, and what had
    // arrived within the few milliseconds in which writes are gathered.
    const lost = 2 * ENDS.length * CONCURRENCY;
    expect(requests({ endpoint: 'src' })).toBeLessThanOrEqual(
      REPOSITORIES + lost,
    );
    const pages = Math.ceil(REPOSITORIES / PAGELEN);
    expect(
      requests({
        endpoint: 'repositories',
        path: /sort=created_on&pagelen=(?!1&)/,
      }),
    ).toBeLessThanOrEqual(pages + 2);
  }, 400_000);
});

/**
 * The components and the targets of the Locations that a catalog shows, sorted.
 * Without a filter: the catalog loses an entity from its index of them when it is
 * killed just as it writes that.
 */
async function shownBy(backend: BackendProcess): Promise<string[]> {
  const answer = await backend.get('entities');
  const entities = (await answer.json()) as Entity[];
  return entities
    .map(({ metadata, spec }) => String(spec?.target ?? metadata.name))
    .sort();
}

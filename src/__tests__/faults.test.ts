import {
  FaultKind,
  FaultTarget,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import bitbucketCloud from '..';
import { fakeTiming } from '../bitbucket/__testUtils__';
import {
  clientWithTiming,
  componentFile,
  ON_DEMAND,
  TestBackend,
} from './support';
import {
  A_FILE,
  A_LIST,
  anHour,
  DETOURS,
  FAULTS,
  LIST_DETOURS,
  LIST_FAULTS,
  LISTS,
  PLACES,
  REFUSALS,
  RESTS,
  SLOW_FAULTS,
} from './support/walkFaults';

const HOUR = 3_600_000;

/** An answer has a second to arrive, twice. */
const timing = fakeTiming({ attemptTimeoutMs: 1_000, maxAttempts: 2 });

describe('a fault that strikes a walk', () => {
  let acme: SimulatedWorkspace;
  let simulator: Simulator;
  let elsewhere: Simulator;
  let backend: TestBackend;
  let changes = 0;

  beforeAll(async () => {
    acme = new SimulatedWorkspace({ slug: 'acme' });
    ['a', 'b', 'c'].forEach(addRepository);
    simulator = await startSimulator({ workspaces: [acme] });
    elsewhere = await startSimulator({ workspaces: [] });
    const { apiBaseUrl } = simulator;
    backend = await TestBackend.start({
      config: {
        integrations: { bitbucketCloud: [{ apiBaseUrl, token: 'let-me-in' }] },
        catalog: {
          providers: {
            bitbucketCloud: {
              workspace: 'acme',
              catalogPath: ['/catalog-info.yaml', '/services/*/*.yaml'],
              pagelen: 2,
              ...ON_DEMAND,
            },
          },
        },
      },
      features: [bitbucketCloud, clientWithTiming(timing)],
    });
    await backend.hasComponents(['a', 'b', 'c']);
  });

  afterEach(() => simulator.faults.clear());

  afterAll(async () => {
    await backend.stop();
    await simulator.stop();
    await elsewhere.stop();
  });

  function addRepository(slug: string): void {
    acme.addRepository({
      slug,
      files: {
        'catalog-info.yaml': componentFile(slug),
        'services/README.md': 'Services',
      },
    });
  }

  /** A repository comes and another goes; the oldest stays. */
  function changeTheWorkspace(): void {
    changes += 1;
    acme.removeRepository(acme.repositories[1].slug);
    addRepository(`d${changes}`);
    // Whoever asked before has asked earlier.
    timing.advance(1);
  }

  /** The catalog file of each repository gets another content. */
  function pushEverywhere(): void {
    changes += 1;
    for (const { slug } of acme.repositories) {
      acme.push(slug, {
        'catalog-info.yaml': componentFile(slug, `lifecycle-${changes}`),
      });
    }
  }

  /** Runs a walk and gives the line that it ends with, good or bad. */
  async function walk(): Promise<string> {
    backend.logs.length = 0;
    await backend.walk();
    // What Bitbucket asked for is over.
    timing.advance(HOUR);
    const lines = walkLines();
    expect(lines).toHaveLength(1);
    return lines[0];
  }

  function walkLines(): string[] {
    return backend
      .messages('info', 'error')
      .filter(message => /^(The walk|Walked)/.test(message));
  }

  async function struckWalk(
    { endpoint, path }: FaultTarget,
    kind: FaultKind,
    change = () => {},
  ): Promise<string> {
    const mend = simulator.faults.add({ endpoint, path, ...kind });
    change();
    try {
      return await walk();
    } finally {
      mend();
    }
  }

  /** A walk that a fault ends says why and takes nothing from the catalog; the next one succeeds. */
  async function expectEnd(
    place: FaultTarget,
    kind: FaultKind,
    ...says: RegExp[]
  ): Promise<void> {
    const before = await backend.names();
    const line = await struckWalk(place, kind, changeTheWorkspace);
    says.forEach(what => expect(line).toMatch(what));
    expect(await backend.names()).toEqual(expect.arrayContaining(before));
    expect(await walk()).toMatch(
      /: 3 repositories, 0 skipped, 3 catalog files, 1 added, 1 removed, /,
    );
  }

  const FAILED =
    /^The walk of workspace acme failed, and the catalog keeps what it has: GET http/;

  /** What came and went meanwhile has come and gone. */
  async function expectAll(): Promise<void> {
    await backend.hasComponents(acme.repositories.map(({ slug }) => slug));
  }

  it.each([
    ...FAULTS.map(fault => [...fault, PLACES] as const),
    ...LIST_FAULTS.map(fault => [...fault, LISTS] as const),
    ...SLOW_FAULTS.map(fault => [...fault, { A_LIST, A_FILE }] as const),
  ])('%s', async (_, kind, cause, places) => {
    for (const place of Object.values(places)) {
      await expectEnd(place, kind, FAILED, cause);
    }
    await expectAll();
  });

  it.each([
    ...DETOURS.map(detour => [...detour, PLACES] as const),
    ...LIST_DETOURS.map(detour => [...detour, LISTS] as const),
  ])('%s', async (_, kindFor, cause, places) => {
    for (const { self, ...place } of Object.values(places)) {
      const kind = kindFor({ self, elsewhere: elsewhere.apiBaseUrl });
      await expectEnd(place, kind, FAILED, cause);
    }
    expect(elsewhere.requests.count()).toBe(0);
    await expectAll();
  });

  it.each(RESTS)('%s', async (_, kind, status) => {
    for (const place of Object.values(PLACES)) {
      await expectEnd(
        place,
        kind,
        /^The walk of workspace acme rests until 20\S+Z and goes on then: .* GET http/,
        new RegExp(`takes no requests until 20\\S+Z \\(${status}\\)`),
      );
    }
    await expectAll();
  });

  it('429, and nothing is asked until the time is up', async () => {
    changeTheWorkspace();
    backend.logs.length = 0;
    const kind = { kind: 'status', status: 429, headers: anHour } as const;
    const mend = simulator.faults.add({ ...A_FILE, ...kind });
    await backend.walk();
    mend();
    simulator.requests.clear();
    await backend.walk();
    expect(simulator.requests.entries).toEqual([]);
    expect(walkLines()).toEqual([
      expect.stringContaining('The walk of workspace acme rests until'),
    ]);

    timing.advance(HOUR);
    await walk();
    await expectAll();
  });

  it.each(REFUSALS)('%s', async (_, kind, cause, reason) => {
    const before = await backend.names();
    const line = await struckWalk(A_FILE, kind, pushEverywhere);
    expect(line).toContain(`3 repositories, 3 skipped (3 ${reason})`);
    expect(line).toContain('0 added, 0 removed');
    expect(backend.messages('debug')).toContainEqual(
      expect.stringMatching(
        `^Skipped acme/\\S+ \\(${reason}\\): GET .*${cause.source}`,
      ),
    );
    expect(await backend.names()).toEqual(before);
    await walk();

    for (const list of Object.values(LISTS)) {
      if (list.endpoint === 'repositories') {
        await expectEnd(list, kind, FAILED, cause);
      }
    }
    await expectAll();
  });

  it('keeps what was found before it struck, and the next walk goes on', async () => {
    const line = await struckWalk(
      { endpoint: 'src', path: '/acme/second/' },
      { kind: 'status', status: 500 },
      () => ['first', 'second'].forEach(addRepository),
    );
    expect(line).toMatch(/failed, .*\/acme\/second\/src\/.*answered 500/);
    const found = acme.repositories.map(({ slug }) => slug);
    await backend.hasComponents(found.filter(slug => slug !== 'second'));

    simulator.requests.clear();
    await walk();
    await expectAll();
    const read = simulator.requests.entries.filter(
      ({ endpoint }) => endpoint === 'src',
    );
    expect(read).toHaveLength(2);
    read.forEach(({ path }) => expect(path).toContain('/acme/second/src/'));
  });

  it('nobody listens', async () => {
    changeTheWorkspace();
    const before = await backend.names();
    const { port } = new URL(simulator.origin);
    await simulator.stop();
    expect(await walk()).toMatch(
      /^The walk of workspace acme failed, .*the connection failed \(ECONNREFUSED\)/,
    );
    expect(await backend.names()).toEqual(before);

    simulator = await startSimulator({
      port: Number(port),
      workspaces: [acme],
    });
    await walk();
    await expectAll();
  });
});

import { JsonObject } from '@backstage/types';
import {
  generateWorkspace,
  RateLimitOptions,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import bitbucketCloud from '..';
import { fakeTiming } from '../../testing/bitbucket';
import {
  CatalogTables,
  clientWithTiming,
  componentFile,
  configFor,
  Database,
  DatabaseServer,
  ON_DEMAND,
  startSqlite,
  TestBackend,
  until,
} from '../../testing';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Walks on demand, with the default of everything else. */
const PROVIDER = { workspace: 'acme', schedule: ON_DEMAND.schedule };

/** The list of all repositories takes two requests, that of a few changes one. */
const IN_PAGES = { ...PROVIDER, pagelen: 10 };

/** In the names of some repositories. */
const IN_PARTS = /-(api|ui|sdk)-/;

/** 20 repositories, 16 of them with a catalog file and one empty. */
const REPOSITORIES = 20;
const WITH_FILE = 16;
const NOT_EMPTY = 19;

let timing: ReturnType<typeof fakeTiming>;
let sqlite: DatabaseServer;
let database: Database;
let acme: SimulatedWorkspace;
let simulator: Simulator;
let backend: TestBackend;

function prepare(): void {
  timing = fakeTiming();
  database = sqlite.createDatabase();
  acme = generateWorkspace({
    slug: 'acme',
    repositories: REPOSITORIES,
    empty: 1,
  });
}

async function stop(): Promise<void> {
  await backend.stop();
  await simulator.stop();
}

async function start(
  options: {
    provider?: JsonObject;
    entry?: JsonObject;
    catalog?: JsonObject;
    rateLimit?: RateLimitOptions;
  } = {},
): Promise<void> {
  const { provider = PROVIDER, entry, catalog, rateLimit } = options;
  const { now } = timing;
  simulator = await startSimulator({ workspaces: [acme], rateLimit, now });
  await startBackend(provider, entry, catalog);
}

async function startBackend(
  provider: JsonObject = PROVIDER,
  entry?: JsonObject,
  catalog?: JsonObject,
): Promise<void> {
  const config = configFor(simulator, provider, entry);
  backend = await TestBackend.start({
    config: catalog ? { ...config, catalog } : config,
    database,
    features: [bitbucketCloud, clientWithTiming(timing)],
  });
}

const hasComponents = (count: number) =>
  until(
    async () => (await backend.names()).length === count,
    async () =>
      `${count} components; there are ${
        (await backend.names()).length
      }. Logged: ${backend.messages().join('; ')}`,
  );

/** Waits until the catalog has read every location once more. */
async function readAgain(): Promise<void> {
  const tables = await CatalogTables.open(database);
  await tables.reprocessed();
  await tables.close();
}

const requests = () => simulator.requests.count();
const fileRequests = () => simulator.requests.count({ endpoint: 'src' });
const refused = () => simulator.requests.count({ status: 429 });

const slugsWithFile = () =>
  acme.repositories
    .filter(({ head }) => head?.tree.has('catalog-info.yaml'))
    .map(({ slug }) => slug);

describe('the requests to Bitbucket of a catalog that is filled once', () => {
  beforeAll(async () => {
    sqlite = await startSqlite();
    prepare();
    await start({ provider: IN_PAGES });
    await hasComponents(WITH_FILE);
    await readAgain();
  });
  afterAll(async () => {
    await stop();
    await sqlite.stop();
  });

  it('are one for each repository of the first walk, and the catalog’s reads need none', async () => {
    expect(requests()).toBeLessThanOrEqual(NOT_EMPTY + 2 + 5);
    expect(fileRequests()).toBe(NOT_EMPTY);
  });

  it('are one for each walk of an idle hour, and one for each page of the full list', async () => {
    simulator.requests.clear();
    for (let walk = 0; walk < 30; walk += 1) {
      timing.advance(2 * MINUTE);
      await backend.walk();
    }
    await readAgain();
    expect(requests()).toBe(30 + 2);
    expect(fileRequests()).toBe(0);
    expect(await backend.names()).toHaveLength(WITH_FILE);
  });

  it('are one for each repository that was pushed to besides its file, and nothing is read again', async () => {
    const locations = await backend.entities('location');
    for (const slug of slugsWithFile().slice(0, 5)) {
      acme.push(slug, { 'src/main.ts': 'export {}' });
    }
    simulator.requests.clear();
    // What the reads know is fresh, so that they do not ask before the walk does.
    timing.advance(MINUTE);
    await backend.walk();
    await readAgain();
    expect(requests()).toBe(1 + 5);
    expect(await backend.entities('location')).toEqual(locations);
    expect(backend.messages('info')).toContainEqual(
      expect.stringMatching(
        /^Walked what changed in workspace acme: 5 repositories, 0 skipped, 5 catalog files, 0 added, 0 removed, 6 requests/,
      ),
    );
  });

  it('are sent again for a repository that could not be read', async () => {
    const slug = slugsWithFile().find(one => !IN_PARTS.test(one))!;
    acme.push(slug, { 'catalog-info.yaml': componentFile('new') });
    const clearFault = simulator.faults.add({
      endpoint: 'src',
      kind: 'status',
      status: 404,
      html: '<title>Not here</title>',
    });
    timing.advance(2 * MINUTE);
    await backend.walk();
    clearFault();
    expect(backend.messages()).toContainEqual(
      expect.stringContaining('1 repository of workspace acme cannot be read'),
    );
    timing.advance(2 * MINUTE);
    await backend.walk();
    await until(
      async () => (await backend.names()).includes('new'),
      'the change',
    );
  });

  it('are two after a restart, before everything is served again', async () => {
    await backend.stop();
    simulator.requests.clear();
    timing.advance(10 * MINUTE);
    await startBackend(IN_PAGES);
    await backend.walked();
    await readAgain();
    expect(requests()).toBeLessThanOrEqual(2);
    await hasComponents(WITH_FILE);
  });

  it('are none for settings for which the mirror has enough', async () => {
    await backend.stop();
    simulator.requests.clear();
    const filters = { repoSlug: `.*${IN_PARTS.source}.*` };
    const removals = { maxPercentage: 100 };
    await startBackend({ ...IN_PAGES, filters, removals });
    await backend.walked();
    const names = slugsWithFile().filter(slug => IN_PARTS.test(slug));
    await backend.hasComponents(names);
    expect(fileRequests()).toBe(0);
  });
});

describe('requests to Bitbucket', () => {
  beforeAll(async () => {
    sqlite = await startSqlite();
  });
  beforeEach(prepare);
  afterEach(stop);
  afterAll(() => sqlite.stop());

  it('are one for each repository whose file was changed, and the change is read at once', async () => {
    // A read that is due by itself just then may ask for news before the walk does.
    const processingInterval = { hours: 24 };
    const providers = { bitbucketCloud: PROVIDER };
    await start({ catalog: { processingInterval, providers } });
    await hasComponents(WITH_FILE);
    await backend.walked();
    const pushed = slugsWithFile().slice(0, 5);
    for (const slug of pushed) {
      acme.push(slug, { 'catalog-info.yaml': componentFile(`new-${slug}`) });
    }
    simulator.requests.clear();
    timing.advance(2 * MINUTE);
    await backend.walk();
    await until(async () => {
      const names = await backend.names();
      return pushed.every(slug => names.includes(`new-${slug}`));
    }, 'the changes');
    expect(requests()).toBe(1 + 5);
  });

  it('are one per workspace and freshness for locations without a provider, and one for each change', async () => {
    const slugs = slugsWithFile().slice(0, 6);
    const locations = slugs.map(slug => ({
      type: 'url',
      target: `https://bitbucket.org/acme/${slug}/src/${acme.repository(slug).mainBranch}/catalog-info.yaml`,
    }));
    await start({ catalog: { locations } });
    await hasComponents(6);
    expect(requests()).toBe(1 + 6);

    simulator.requests.clear();
    for (let window = 0; window < 3; window += 1) {
      timing.advance(3 * MINUTE);
      await readAgain();
    }
    expect(requests()).toBe(3);

    acme.push(slugs[0], { 'catalog-info.yaml': componentFile('changed') });
    timing.advance(3 * MINUTE);
    await until(
      async () => (await backend.names()).includes('changed'),
      'the change',
    );
    expect(requests()).toBe(3 + 1 + 1);
  });

  it('are none for forty broken locations but the one per workspace and freshness', async () => {
    const [slug] = slugsWithFile();
    const repository = `https://bitbucket.org/acme/${slug}/src`;
    const { mainBranch } = acme.repository(slug);
    const locations = Array.from({ length: 40 }, (_, index) => ({
      type: 'url',
      target:
        index % 4 === 0
          ? `${repository}/gone-${index}/catalog-info.yaml`
          : `${repository}/${mainBranch}/gone-${index}.yaml`,
    }));
    await start({ catalog: { locations } });
    const tables = await CatalogTables.open(database);
    const waiting = locations.map(({ target }) => target);
    await until(async () => {
      while (
        waiting.length > 0 &&
        (await tables.locationErrors(waiting[0])).length > 0
      ) {
        waiting.shift();
      }
      return waiting.length === 0;
    }, 'an error of each location');
    await tables.close();
    await readAgain();

    simulator.requests.clear();
    for (let window = 0; window < 3; window += 1) {
      timing.advance(3 * MINUTE);
      await readAgain();
    }
    expect(requests()).toBe(3);
  });

  it('are none for placeholders while nothing changes, and two for one that does', async () => {
    acme = new SimulatedWorkspace({ slug: 'acme' });
    const api = (definition: string) =>
      [
        'apiVersion: backstage.io/v1alpha1',
        'kind: API',
        'metadata: { name: parcels }',
        'spec:',
        '  { type: openapi, lifecycle: production, owner: team-a, definition: { $text: ./api.txt } }',
        `# ${definition}`,
      ].join('\n');
    acme.addRepository({
      slug: 'parcels',
      createdOn: timing.now(),
      files: { 'catalog-info.yaml': api('1'), 'api.txt': 'one\nline' },
    });
    await start();
    const definition = async () =>
      (await backend.entities('api')).map(({ spec }) => spec?.definition);
    await until(async () => (await definition()).length === 1, 'the API');
    await readAgain();
    simulator.requests.clear();
    for (let walk = 0; walk < 3; walk += 1) {
      timing.advance(2 * MINUTE);
      await backend.walk();
      await readAgain();
    }
    expect(requests()).toBe(3);

    acme.push('parcels', { 'api.txt': 'two\nlines' });
    simulator.requests.clear();
    timing.advance(2 * MINUTE);
    await backend.walk();
    await until(
      async () => (await definition()).join() === 'two\nlines',
      'the new definition',
    );
    expect(requests()).toBe(1 + 2);
  });

  it('pause when the budget is used up, and continue where they stopped, after a restart too', async () => {
    const entry = { requestsPerHour: 15 };
    const rateLimit = { requests: { anonymous: 15 } };
    await start({ entry, rateLimit });
    await backend.walked();
    // A fifth is left for reads.
    expect(requests()).toBe(12);
    expect(backend.messages('info').join('\n')).toMatch(
      /The walk of workspace acme is paused and continues after 2026-11-22T13:\d\d:00.000Z: \d+ of 20 repositories are processed, and what was found is in the catalog/,
    );
    await until(
      async () => (await backend.names()).length > 5,
      'what was found until then',
    );
    timing.advance(10 * MINUTE);
    await backend.walk();
    await backend.stop();
    await startBackend(PROVIDER, entry);
    await backend.walked();
    // Only the catalog's reads have asked what changed meanwhile.
    expect(requests()).toBeLessThanOrEqual(12 + 2);

    for (let hour = 0; hour < 3; hour += 1) {
      timing.advance(2 * HOUR);
      await backend.walk();
    }
    await hasComponents(WITH_FILE);
    await readAgain();
    // In six hours about a quarter of the three missing files is checked again.
    expect(fileRequests()).toBeGreaterThanOrEqual(NOT_EMPTY);
    expect(fileRequests()).toBeLessThanOrEqual(NOT_EMPTY + 3);
    expect(refused()).toBe(0);
  });

  it('are refused a handful of times an hour where others use up what Bitbucket grants', async () => {
    await start({ rateLimit: { requests: { anonymous: 10 } } });
    for (let walk = 0; walk < 30; walk += 1) {
      timing.advance(2 * MINUTE);
      await backend.walk();
    }
    expect(refused()).toBeLessThanOrEqual(8 + 5);
    timing.advance(2 * HOUR);
    await backend.walk();
    timing.advance(2 * HOUR);
    await backend.walk();
    await until(
      async () => (await backend.names()).length > 10,
      'more than the first requests could find',
    );
  });
});

import eventsPlugin from '@backstage/plugin-events-backend';
import { Knex } from 'knex';
import {
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import bitbucketCloud from '..';
import {
  componentFile,
  configFor,
  Database,
  DATABASES,
  DatabaseServer,
  ON_DEMAND,
  openDatabase,
  TestBackend,
  until,
  watchComponents,
} from '../../testing';

const SECRET = 'a-secret-for-tests';

const SLUGS = ['a', 'b', 'c', 'd'];

/** Of a walk, each time. */
const REMOVALS_OFF =
  /^Could not read this provider's current locations; removals are off for this walk: The catalog's table locations has no column type$/;

/** Of the tables, once. */
const NOT_AS_EXPECTED =
  /^The catalog's table locations has no column type\. Since the catalog's tables are not as this module expects, walks and deliveries only add /;

describe.each(DATABASES)('on %s, the module', (_, serve) => {
  let databases: DatabaseServer;
  let database: Database;
  let acme: SimulatedWorkspace;
  let simulator: Simulator;
  let backend: TestBackend;
  let knex: Knex;

  beforeAll(async () => {
    databases = await serve();
    database = databases.createDatabase();
    acme = new SimulatedWorkspace({ slug: 'acme' });
    SLUGS.forEach(slug =>
      acme.addRepository({
        slug,
        files: { 'catalog-info.yaml': componentFile(slug) },
      }),
    );
    simulator = await startSimulator({ workspaces: [acme] });
  });
  afterAll(async () => {
    await knex.destroy();
    await backend.stop();
    await simulator.stop();
    await databases.stop();
  });

  /** @param initialDelay - until the first walk, unless it is triggered before */
  async function start(initialDelay: { hours: number }): Promise<void> {
    const config = configFor(simulator, {
      workspace: 'acme',
      catalogPath: ['/catalog-info.yaml', '/more.yaml'],
      ...ON_DEMAND,
      schedule: { ...ON_DEMAND.schedule, initialDelay },
      removals: { maxPercentage: 100 },
    });
    backend = await TestBackend.start({
      database,
      config: {
        ...config,
        events: {
          useEventBus: 'never',
          modules: { bitbucketCloud: { webhookSecret: SECRET } },
        },
      },
      features: [bitbucketCloud, eventsPlugin],
    });
  }

  /** The catalog needs this column when it starts and when a URL is registered. */
  async function renameColumn(from: string, to: string): Promise<void> {
    await until(async () => {
      try {
        await knex.raw(`ALTER TABLE locations RENAME COLUMN ${from} TO ${to}`);
        return true;
      } catch (error) {
        if (!String(error).includes('database is locked')) {
          throw error;
        }
        return false;
      }
    }, 'the database to be free');
  }

  const countOf = (pattern: RegExp) =>
    backend.messages().filter(line => pattern.test(line)).length;

  it('adds what it finds and removes nothing while a table of the catalog lacks a column, and removes what was deleted once it is back', async () => {
    await start({ hours: 0 });
    await backend.hasComponents(SLUGS);
    await backend.walked();
    await backend.stop();

    await start({ hours: 24 });
    knex = await openDatabase(database);
    if (knex.client.config.client !== 'pg') {
      // A write that waits for the backend's keeps it from ending, in one process.
      await knex.raw('PRAGMA busy_timeout = 0');
    }
    await renameColumn('type', 'kind');
    const endWatch = watchComponents(backend, SLUGS);
    acme.removeRepository('a');
    acme.push('b', { 'catalog-info.yaml': null });
    acme.addRepository({
      slug: 'new',
      files: { 'catalog-info.yaml': componentFile('new') },
    });
    await backend.beginWalk();
    await backend.hasComponents([...SLUGS, 'new']);
    await backend.walked();
    await backend.walk();
    expect(countOf(REMOVALS_OFF)).toBe(2);

    // A delivery of a push that deletes one file and adds another.
    const url = `${backend.baseUrl}/api/events/http/bitbucketCloud`;
    acme.hooks.add({ url, events: ['repo:push'], secret: SECRET });
    acme.push('c', {
      'catalog-info.yaml': null,
      'more.yaml': componentFile('more'),
    });
    await backend.hasComponents([...SLUGS, 'new', 'more']);
    await backend.walk();
    expect((await endWatch()).missed).toEqual([]);
    expect(countOf(NOT_AS_EXPECTED)).toBe(1);
    expect(countOf(REMOVALS_OFF)).toBe(3);
    expect(backend.messages()).toHaveLength(4);

    await renameColumn('kind', 'type');
    await backend.walk();
    await backend.hasComponents(['d', 'new', 'more']);
    expect(backend.messages()).toHaveLength(4);
  });
});

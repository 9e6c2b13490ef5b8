import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JsonObject } from '@backstage/types';
import knexFactory from 'knex';
import {
  SimulatedAccount,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import {
  componentFile,
  configFor,
  Database,
  identities,
  ON_DEMAND,
  TestBackend,
  until,
  withoutRereads,
  watchComponents,
} from '../../testing';
import { allAreKept } from '../ingestion/removalPolicy';

const names = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `c${100 + from + index}`);

describe('removals', () => {
  let acme: SimulatedWorkspace;
  let account: SimulatedAccount;
  let simulator: Simulator;
  let backend: TestBackend | undefined;

  beforeEach(async () => {
    acme = new SimulatedWorkspace({ slug: 'acme' });
    names(0, 40).forEach((slug, index) => {
      acme.addRepository({
        slug,
        isPrivate: index >= 10,
        project: index < 25 ? 'SHOP' : 'PAY',
        files: { 'catalog-info.yaml': componentFile(slug) },
      });
    });
    account = { name: 'token', kind: 'accessToken', token: 't0ken' };
    simulator = await startSimulator({
      workspaces: [acme],
      accounts: [account],
    });
  });

  afterEach(async () => {
    await backend?.stop();
    await simulator.stop();
    backend = undefined;
  });

  async function start(
    provider: JsonObject = {},
    database?: Database,
  ): Promise<TestBackend> {
    const config = configFor(
      simulator,
      { workspace: 'acme', ...ON_DEMAND, ...provider },
      { token: 't0ken' },
    );
    backend = await TestBackend.start({
      database,
      config: {
        ...withoutRereads(config),
      },
    });
    await backend.walked();
    return backend;
  }

  const lastWalk = (catalog: TestBackend) =>
    catalog
      .messages('info')
      .filter(line => line.startsWith('Walked'))
      .at(-1);

  it('keeps everything when the credential loses access, until it is back', async () => {
    const catalog = await start();
    await catalog.hasComponents(names(0, 40));

    account.sees = repository => !repository.isPrivate;
    await catalog.walk();
    await catalog.walk();
    expect(await catalog.names()).toEqual(names(0, 40));
    expect(lastWalk(catalog)).toMatch(
      /10 catalog files, .* 30 missing but kept, /,
    );
    expect(catalog.messages()).toEqual([
      '30 of 40 Locations are kept although this walk did not find them: 30 repositories, all private, are no longer visible to this credential or no longer match the filters. removals.maxPercentage allows the removal of 20 % between two full lists. If this removal is intended, raise removals.maxPercentage or approve it once (POST /api/catalog/bitbucket/removals/approve). If not, restore the access of the credential.',
    ]);

    account.sees = undefined;
    acme.removeRepository('c100');
    await catalog.walk();
    await catalog.hasComponents(names(1, 40));
    expect(lastWalk(catalog)).toMatch(
      /39 catalog files, 0 added, 1 removed, \d/,
    );
  });

  it('keeps everything when the list is empty, whatever is allowed', async () => {
    const catalog = await start({ removals: { maxPercentage: 100 } });
    await catalog.hasComponents(names(0, 40));
    account.sees = () => false;
    await catalog.walk();
    expect(await catalog.names()).toEqual(names(0, 40));
    expect(catalog.messages()).toContainEqual(
      expect.stringContaining(`${allAreKept(40)}: the list of repo`),
    );
  });

  it('lets go what the configuration allows', async () => {
    const catalog = await start({ removals: { maxPercentage: 80 } });
    await catalog.hasComponents(names(0, 40));
    account.sees = repository => !repository.isPrivate;
    await catalog.walk();
    await catalog.hasComponents(names(0, 10));
  });

  it('asks for each repository before it believes the list', async () => {
    const catalog = await start();
    await catalog.hasComponents(names(0, 40));
    acme.removeRepository('c100');
    acme.setProject('c101', 'OTHER');
    const clearFault = simulator.faults.add({
      endpoint: 'repositories',
      kind: 'json',
      change: body => {
        const page = body as { values: { full_name: string }[] };
        return {
          ...page,
          values: page.values.filter(
            ({ full_name: name }) => name !== 'acme/c139',
          ),
        };
      },
    });
    await catalog.walk();
    clearFault();
    await catalog.hasComponents(names(1, 40));
    expect(lastWalk(catalog)).toMatch(
      /39 catalog files, 0 added, 1 removed, \d/,
    );
  });

  it('takes renamed repositories and branches for the same files, and their entities stay', async () => {
    const catalog = await start();
    await catalog.hasComponents(names(0, 40));
    const before = await identities(catalog);
    const endWatch = watchComponents(catalog, names(0, 40));
    for (const slug of names(0, 20)) {
      acme.createBranch(slug, 'trunk');
      acme.setMainBranch(slug, 'trunk');
    }
    names(20, 40).forEach(slug => acme.renameRepository(slug, `new-${slug}`));
    await catalog.walk();
    expect(lastWalk(catalog)).toMatch(
      /40 catalog files, 40 added, 40 removed, \d/,
    );
    await until(async () => {
      const components = await catalog.entities('component');
      return components.every(({ metadata }) =>
        /\/new-c1[0-9]+\/src\/main\/|\/src\/trunk\//.test(
          metadata.annotations?.['backstage.io/managed-by-location'] ?? '',
        ),
      );
    }, 'the components to come from the new URLs');
    const { looks, missed } = await endWatch();
    expect(missed).toEqual([]);
    expect(looks).toBeGreaterThan(1);
    const after = await identities(catalog);
    for (const name of names(0, 40)) {
      const ref = `component:default/${name}`;
      expect(after[ref].uid).toBe(before[ref].uid);
    }
    expect(await catalog.targets()).toContain(
      'https://bitbucket.org/acme/new-c120/src/main/catalog-info.yaml',
    );
    expect(await catalog.targets()).toHaveLength(40);
    // The catalog says so where it is processing an old Location just then.
    const isLate = (line: string) => /^Detected conflicting entity/.test(line);
    expect(catalog.messages().filter(line => !isLate(line))).toEqual([]);
  });

  describe('over a restart', () => {
    let folder: string;
    let database: Database;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'removals-'));
      database = {
        client: 'better-sqlite3',
        connection: { directory: folder },
      };
      const before = await start({}, database);
      await before.hasComponents(names(0, 40));
      await before.stop();
    });
    afterEach(() => rm(folder, { recursive: true }));

    it('knows what the catalog has, and holds it', async () => {
      account.sees = repository => !repository.isPrivate;
      const after = await start({}, database);
      expect(lastWalk(after)).toMatch(
        /10 catalog files, 0 added, 0 removed, 30 missing but kept/,
      );
      expect(await after.names()).toEqual(names(0, 40));
    });

    it.each([
      ['nothing', () => false],
      ['a single repository', (slug: string) => slug === 'c100'],
    ])(
      'keeps what another module put there when the first walk sees %s',
      async (_, sees) => {
        const knex = knexFactory({
          client: 'better-sqlite3',
          connection: join(folder, 'catalog.sqlite'),
          useNullAsDefault: true,
        });
        await knex('bitbucket__repositories').delete();
        await knex.destroy();

        account.sees = ({ slug }) => sees(slug);
        const after = await start({}, database);
        await after.walk();
        expect(await after.names()).toEqual(names(0, 40));
        expect(after.messages()).toContainEqual(
          expect.stringContaining('Locations are kept'),
        );
      },
    );

    it('removes what its filters leave out now, through the brake', async () => {
      const filters = { projectKey: 'SHOP' };
      const held = await start({ filters }, database);
      expect(lastWalk(held)).toMatch(
        /25 catalog files, .* 15 missing but kept, /,
      );
      expect(await held.names()).toEqual(names(0, 40));
      await held.stop();

      const removals = { maxPercentage: 50 };
      const allowed = await start({ filters, removals }, database);
      await allowed.hasComponents(names(0, 25));
    });
  });
});

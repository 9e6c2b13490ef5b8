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
    names(0, 20).forEach((slug, index) => {
      acme.addRepository({
        slug,
        isPrivate: index >= 5,
        project: index < 8 ? 'SHOP' : 'PAY',
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
    await catalog.hasComponents(names(0, 20));

    account.sees = repository => !repository.isPrivate;
    await catalog.walk();
    await catalog.walk();
    expect(await catalog.names()).toEqual(names(0, 20));
    expect(lastWalk(catalog)).toMatch(
      /5 catalog files, .* 15 missing but kept, /,
    );
    expect(catalog.messages()).toEqual([
      '15 of 20 Locations are kept although this walk did not find them: 15 repositories, all private, are no longer visible to this credential or no longer match the filters. removals.maxPercentage allows the removal of 20 % between two full lists. If this removal is intended, raise removals.maxPercentage or approve it once (POST /api/catalog/bitbucket/removals/approve). If not, restore the access of the credential.',
    ]);

    account.sees = undefined;
    acme.removeRepository('c100');
    await catalog.walk();
    await catalog.hasComponents(names(1, 20));
    expect(lastWalk(catalog)).toMatch(
      /19 catalog files, 0 added, 1 removed, \d/,
    );
  });

  it('keeps everything when the list is empty, whatever is allowed', async () => {
    const catalog = await start({ removals: { maxPercentage: 100 } });
    await catalog.hasComponents(names(0, 20));
    account.sees = () => false;
    await catalog.walk();
    expect(await catalog.names()).toEqual(names(0, 20));
    expect(catalog.messages()).toContainEqual(
      expect.stringContaining(`${allAreKept(20)}: the list of repo`),
    );
  });

  it('removes what the configuration allows', async () => {
    const catalog = await start({ removals: { maxPercentage: 80 } });
    await catalog.hasComponents(names(0, 20));
    account.sees = repository => !repository.isPrivate;
    await catalog.walk();
    await catalog.hasComponents(names(0, 5));
  });

  it('requests each missing repository before it trusts the list', async () => {
    const catalog = await start();
    await catalog.hasComponents(names(0, 20));
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
            ({ full_name: name }) => name !== 'acme/c119',
          ),
        };
      },
    });
    await catalog.walk();
    clearFault();
    await catalog.hasComponents(names(1, 20));
    expect(lastWalk(catalog)).toMatch(
      /19 catalog files, 0 added, 1 removed, \d/,
    );
  });

  it('takes renamed repositories and branches for the same files, and their entities stay', async () => {
    const catalog = await start();
    await catalog.hasComponents(names(0, 20));
    const before = await identities(catalog);
    const endWatch = watchComponents(catalog, names(0, 20));
    for (const slug of names(0, 10)) {
      acme.createBranch(slug, 'trunk');
      acme.setMainBranch(slug, 'trunk');
    }
    names(10, 20).forEach(slug => acme.renameRepository(slug, `new-${slug}`));
    await catalog.walk();
    expect(lastWalk(catalog)).toMatch(
      /20 catalog files, 20 added, 20 removed, \d/,
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
    for (const name of names(0, 20)) {
      const ref = `component:default/${name}`;
      expect(after[ref].uid).toBe(before[ref].uid);
    }
    expect(await catalog.targets()).toContain(
      'https://bitbucket.org/acme/new-c110/src/main/catalog-info.yaml',
    );
    expect(await catalog.targets()).toHaveLength(20);
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
      await before.hasComponents(names(0, 20));
      await before.stop();
    });
    afterEach(() => rm(folder, { recursive: true }));

    it('knows what the catalog has, and holds it', async () => {
      account.sees = repository => !repository.isPrivate;
      const after = await start({}, database);
      expect(lastWalk(after)).toMatch(
        /5 catalog files, 0 added, 0 removed, 15 missing but kept/,
      );
      expect(await after.names()).toEqual(names(0, 20));
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
        expect(await after.names()).toEqual(names(0, 20));
        expect(after.messages()).toContainEqual(
          expect.stringContaining('Locations are kept'),
        );
      },
    );

    it('removes what its filters leave out now, once the limit of removals lets it', async () => {
      const filters = { projectKey: 'SHOP' };
      const held = await start({ filters }, database);
      expect(lastWalk(held)).toMatch(
        /8 catalog files, .* 12 missing but kept, /,
      );
      expect(await held.names()).toEqual(names(0, 20));
      await held.stop();

      const removals = { maxPercentage: 70 };
      const allowed = await start({ filters, removals }, database);
      await allowed.hasComponents(names(0, 8));
    });
  });
});

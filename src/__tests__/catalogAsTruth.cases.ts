import { JsonObject } from '@backstage/types';
import { SimulatedWorkspace, wrongResponses } from '../../dev/simulator';
import {
  acmeBackends,
  componentFile,
  DATABASES,
  identities,
  ON_DEMAND,
  TestBackend,
  until,
  watchComponents,
} from '../../testing';

/** Walks when a test says so, with the default of everything else: one full list an hour. */
const PROVIDER = { workspace: 'acme', schedule: ON_DEMAND.schedule };

const SLUGS = ['a', 'b', 'c', 'd', 'e', 'f'];

describe.each(DATABASES)('between full lists, on %s, a walk', (_, serve) => {
  const world = acmeBackends(serve);
  let acme: SimulatedWorkspace;

  beforeEach(() => {
    acme = world.acme;
    SLUGS.forEach((slug, index) =>
      acme.addRepository({
        slug,
        project: index < 3 ? 'ONE' : 'TWO',
        files: { 'catalog-info.yaml': componentFile(slug) },
      }),
    );
  });

  async function start(
    providers: JsonObject = PROVIDER,
    names = SLUGS,
  ): Promise<TestBackend> {
    const catalog = await world.start(providers);
    await catalog.hasComponents(names);
    return catalog;
  }

  const without = (...slugs: string[]) =>
    SLUGS.filter(slug => !slugs.includes(slug));

  let pushes = 0;
  const pushToAll = () => {
    pushes += 1;
    SLUGS.forEach(slug => acme.push(slug, { 'README.md': `Push ${pushes}` }));
  };

  const uidOf = async (catalog: TestBackend, name: string) =>
    (await identities(catalog))[`component:default/${name}`]?.uid;

  it('adds a file again whose deletion was reverted, and keeps one that is moved or restored', async () => {
    acme.addRepository({
      slug: 'mono',
      files: { 'services/x/catalog-info.yaml': componentFile('x') },
    });
    const catalogPath = ['/catalog-info.yaml', '/**/catalog-info.yaml'];
    const all = [...SLUGS, 'x'];
    const catalog = await start({ ...PROVIDER, catalogPath }, all);
    await catalog.walked();

    // The only file of a repository is deleted, and the commit reverted.
    acme.push('a', { 'catalog-info.yaml': null });
    await catalog.walk();
    await catalog.hasComponents([...without('a'), 'x']);
    acme.push('a', { 'catalog-info.yaml': componentFile('a') });
    await catalog.walk();
    await catalog.hasComponents(all);

    // A file is moved and edited in one commit.
    const before = await uidOf(catalog, 'x');
    const endWatch = watchComponents(catalog, all);
    acme.push('mono', {
      'services/x/catalog-info.yaml': null,
      'apps/x/catalog-info.yaml': `${componentFile('x')}\n# moved\n`,
    });
    await catalog.walk();
    const moved =
      'https://bitbucket.org/acme/mono/src/main/apps/x/catalog-info.yaml';
    await until(
      async () => (await catalog.targets()).join().includes('/apps/x/'),
      'the Location of the moved file',
    );
    expect(await catalog.targets()).toContain(moved);
    expect((await catalog.targets()).join()).not.toContain('services/x');
    expect(await uidOf(catalog, 'x')).toBe(before);

    // A file is restored between the request that misses it and its removal.
    acme.push('b', { 'catalog-info.yaml': null });
    const restored = await uidOf(catalog, 'b');
    world.simulator.faults.add({
      endpoint: 'repository',
      kind: 'meanwhile',
      times: 1,
      happens: () =>
        acme.push('b', { 'catalog-info.yaml': componentFile('b') }),
    });
    await catalog.walk();
    await catalog.walk();
    const { missed } = await endWatch();
    expect(missed).toEqual([]);
    expect(await uidOf(catalog, 'b')).toBe(restored);
    await catalog.hasComponents(all);
  });

  it('brings everything back after its provider was removed from the configuration and restored', async () => {
    const first = await start();
    await first.walked();
    await first.stop();
    const other = { other: { ...PROVIDER, filters: { repoSlug: 'a' } } };
    // Backstage evicts what the provider had while the first walk runs, and the
    // second walk adds what that one could not.
    const second = await world.start(other);
    await second.walked('other');
    await second.walk('other');
    await second.hasComponents(['a']);
    await second.stop();
    const third = await world.start(PROVIDER);
    await third.walked();
    await until(
      async () => (await third.names()).length >= SLUGS.length - 1,
      'everything that the first walk adds',
    );
    await third.walk();
    await third.hasComponents(SLUGS);
  });

  it.each([
    ['the one that loses it walks first', ['one', 'two']],
    ['the one that gets it walks first', ['two', 'one']],
  ])(
    'transfers a repository between providers by project, when %s',
    async (__, order) => {
      const byProject = (projectKey: string) => ({
        ...PROVIDER,
        filters: { projectKey },
      });
      const catalog = await start({
        one: byProject('ONE'),
        two: byProject('TWO'),
      });
      await catalog.walked('one');
      await catalog.walked('two');
      const before = await uidOf(catalog, 'a');
      const endWatch = watchComponents(catalog, SLUGS);
      acme.setProject('a', 'TWO');
      acme.push('a', { 'README.md': 'Moved' });
      for (const id of [...order, ...order]) {
        await catalog.walk(id);
      }
      acme.push('a', { 'catalog-info.yaml': componentFile('a', 'v2') });
      await catalog.walk('two');
      const { missed } = await endWatch();
      expect(missed).toEqual([]);
      expect(await uidOf(catalog, 'a')).toBe(before);
      const status = await catalog.get('bitbucket/status');
      const { providers } = (await status.json()) as {
        providers: { id: string; locations: number }[];
      };
      expect(
        providers.map(({ id, locations }) => `${id} ${locations}`).sort(),
      ).toEqual(['one 2', 'two 4']);
    },
  );

  it('removes nothing because of one wrong response, and corrects what was wrong', async () => {
    const catalog = await start({
      ...PROVIDER,
      catalogPath: '/**/*-info.yaml',
    });
    await catalog.walked();
    const endWatch = watchComponents(catalog, SLUGS);
    for (const wrong of [
      wrongResponses.listWithoutMainBranches(),
      wrongResponses.listWithNullMainBranches(),
      wrongResponses.listingWithoutRows(),
      wrongResponses.missingFile(),
      wrongResponses.missingRepository(),
      wrongResponses.unknownNotFound(),
      wrongResponses.htmlPage(),
      wrongResponses.emptyListing(),
      wrongResponses.listWithoutRows(),
      wrongResponses.staleHeads(acme),
    ]) {
      const clearFault = world.simulator.faults.add(wrong);
      pushToAll();
      await catalog.walk();
      clearFault();
      await catalog.walk();
    }
    const { missed } = await endWatch();
    expect(missed).toEqual([]);
    await catalog.hasComponents(SLUGS);
  });

  it('keeps the entity of a file that moves while the response for its new place is wrong', async () => {
    const catalogPath = ['/catalog-info.yaml', '/docs/catalog-info.yaml'];
    const catalog = await start({ ...PROVIDER, catalogPath });
    await catalog.walked();
    const before = await uidOf(catalog, 'a');
    const endWatch = watchComponents(catalog, SLUGS);
    world.simulator.faults.add(wrongResponses.missingFile({ path: '/docs/' }));
    acme.push('a', {
      'catalog-info.yaml': null,
      'docs/catalog-info.yaml': componentFile('a'),
    });
    await catalog.walk();
    const moved =
      'https://bitbucket.org/acme/a/src/main/docs/catalog-info.yaml';
    await until(
      async () => (await catalog.targets()).includes(moved),
      'the Location of the moved file',
    );
    const { missed } = await endWatch();
    expect(missed).toEqual([]);
    expect(await uidOf(catalog, 'a')).toBe(before);
  });

  it('looks for a configured branch of a repository that comes without a main branch', async () => {
    SLUGS.forEach(slug => acme.createBranch(slug, 'production'));
    const catalog = await start({ ...PROVIDER, branch: 'production' });
    await catalog.walked();
    const endWatch = watchComponents(catalog, SLUGS);
    for (const wrong of [
      wrongResponses.listWithoutMainBranches({ times: Infinity }),
      wrongResponses.listWithNullMainBranches({ times: Infinity }),
      wrongResponses.missingBranch(),
      wrongResponses.unknownNotFound({ path: '/refs/branches' }),
    ]) {
      const clearFault = world.simulator.faults.add(wrong);
      pushToAll();
      await catalog.walk();
      clearFault();
      await catalog.walk();
    }
    expect((await endWatch()).missed).toEqual([]);
  });
});

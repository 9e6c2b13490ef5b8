import { InputError } from '@backstage/errors';
import { startWorld, World } from '../../testing/workspace/startWorld';
import { createPathGlob } from '../lib/globs';

const SELECTION = { workspace: 'acme' };
const QUERY = { workspace: 'acme', query: 'is_private = false' };

describe('WorkspaceIndex.forget', () => {
  let world: World;

  beforeEach(async () => {
    world = await startWorld({
      shop: { 'a.yaml': 'shop: 1\n' },
      shop_2: { 'a.yaml': 'shop_2: 1\n' },
      stock: { 'a.yaml': 'stock: 1\n' },
    });
    await readAll();
  });

  const list = (selection = SELECTION) =>
    world.index.repositories.list({ selection, pagelen: 100 }, {});

  /** What a walk and readers want: the list, updates, files and globs. */
  async function readAll(): Promise<void> {
    const { index } = world;
    await index.repositories.refresh(SELECTION, {});
    await list();
    for (const repository of await index.repositories.known(SELECTION)) {
      const files = await index.files.open(repository, 'main', {});
      await files!.stat('a.yaml', {});
      await files!.stat('missing.yaml', {});
      await files!.find(createPathGlob('*.yaml'), {});
    }
  }

  const namesOfKnown = async (selection = SELECTION) =>
    (await world.index.repositories.known(selection))
      .map(({ slug }) => slug)
      .sort();

  it('drops all of a workspace, so that everything is fetched again', async () => {
    await list(QUERY);
    const version = await world.index.repositories.version(SELECTION);
    const unchanged = await world.cost(readAll);
    expect(await world.index.forget({ workspace: 'ACME' })).toEqual({
      repositories: 6,
      refs: 3,
      files: 6,
      globResults: 3,
      folders: 0,
      failures: 0,
      repositoryLists: 2,
    });
    expect(await namesOfKnown()).toEqual([]);
    expect(await namesOfKnown(QUERY)).toEqual([]);
    // The list, and for each repository two files and a glob.
    expect(await world.cost(readAll)).toBe(unchanged + 1 + 3 * 3);
    expect(await namesOfKnown()).toEqual(['shop', 'shop_2', 'stock']);
    // A walk takes what it sees again for news.
    const [shop] = await world.index.repositories.known(SELECTION, version);
    expect(shop).toBeDefined();
  });

  it('drops one repository, and has the list read again', async () => {
    const before = await list();
    world.timing.advance(1_000);
    const known = await world.index.repositories.known(SELECTION);
    const [shop, other] = ['shop', 'stock'].map(name =>
      known.find(({ slug }) => slug === name)!,
    );
    for (const repository of [shop, other]) {
      const pattern = { kind: 'files', of: 'a.yaml' } as const;
      await expect(
        world.index.failing.ask(repository, pattern, async () => {
          throw new InputError('fails');
        }),
      ).rejects.toThrow('fails');
    }
    const request = { workspace: 'acme', repository: 'shop' };
    expect(await world.index.forget(request)).toEqual({
      repositories: 1,
      refs: 1,
      files: 2,
      globResults: 1,
      folders: 0,
      failures: 1,
      repositoryLists: 1,
    });
    expect(await namesOfKnown()).toEqual(['shop_2', 'stock']);
    expect([...(await world.index.failing.all()).keys()]).toEqual([other.uuid]);
    expect((await list()).completeSince).not.toBe(before.completeSince);
    expect(await world.index.repositories.namesOf(shopUuid())).toEqual([
      'acme/shop',
    ]);
    expect(await world.cost(readAll)).toBe(1 + 3);
  });

  it('finds a repository that was renamed under both of its names', async () => {
    world.acme.renameRepository('shop', 'store');
    await world.index.repositories.ask(SELECTION, 'store', {});
    // At first what was read under the old name is there too.
    for (const [repository, files] of [
      ['shop', 4],
      ['store', 2],
    ] as const) {
      await readAll();
      const forgotten = await world.index.forget({
        workspace: 'acme',
        repository,
      });
      expect(forgotten).toMatchObject({ repositories: 1, files });
      await world.index.repositories.ask(SELECTION, 'store', {});
    }
  });

  it('finds a workspace that is configured by its uuid', async () => {
    const { index, acme } = world;
    await list({ workspace: acme.uuid });
    expect(await index.forget({ workspace: acme.uuid })).toMatchObject({
      repositories: 6,
      refs: 3,
      repositoryLists: 2,
    });
  });

  it('lets a repository be found that was not there', async () => {
    const { index, acme, simulator, timing } = world;
    const find = () => index.repositories.find('acme/new', {});
    await expect(find()).rejects.toThrow(/404/);
    timing.advance(1_000);
    acme.addRepository({ slug: 'new' });
    simulator.requests.clear();
    await index.forget({ workspace: 'acme', repository: 'new' });
    expect(await find()).toMatchObject({ slug: 'new' });
  });

  it('leaves other workspaces alone, and returns undefined for an unknown one', async () => {
    const { index } = world;
    expect(await index.forget({ workspace: 'acm' })).toBeUndefined();
    expect(await index.forget({ workspace: 'a_me' })).toBeUndefined();
    expect(
      await index.forget({ workspace: 'acme', repository: 'shop%' }),
    ).toMatchObject({ repositories: 0, refs: 0 });
    expect(await namesOfKnown()).toHaveLength(3);
  });

  const shopUuid = () => world.acme.repository('shop').uuid;
});

import { RepositoryPage } from '../../src/scm/ScmHost';
import { collect } from '../bitbucket/collect';
import { FILES, Shop } from './shop';

const rowsOf = (pages: Pick<RepositoryPage, 'repositories'>[]) =>
  pages.flatMap(({ repositories }) => repositories);

export function describeRepositories(shop: () => Shop): void {
  it('lists every repository, wherever the list is interrupted and whatever is pushed meanwhile', async () => {
    const { host, world } = shop();
    for (const slug of ['a', 'b', 'c', 'd']) {
      await world.addRepository(slug, { files: FILES });
    }
    const list = (from?: string) =>
      host.repositories(world.selection, { pageSize: 2 }, from, {});
    const all = expect.arrayContaining(
      ['shop', 'a', 'b', 'c', 'd'].map(slug =>
        expect.objectContaining({ slug }),
      ),
    );
    const pages: RepositoryPage[] = [];
    const continued: RepositoryPage[][] = [];
    for await (const page of list()) {
      pages.push(page);
      await world.push('shop', 'main', { 'a.txt': `${pages.length}` });
      if (page.next !== undefined) {
        continued.push([...pages, ...(await collect(list(page.next)))]);
      }
    }
    for (const whole of [pages, ...continued]) {
      expect(rowsOf(whole)).toEqual(all);
    }
    expect(pages.at(-1)?.next).toBeUndefined();
  });

  it('describes a repository in a list as it does alone, by the names that it makes itself', async () => {
    const { host, world } = shop();
    const { selection } = world;
    const pages = await collect(
      host.repositories(selection, {}, undefined, {}),
    );
    const [{ mainBranch, ...listed }] = rowsOf(pages);
    expect(await shop().find()).toMatchObject(listed);
    const name = world.nameOf?.('shop') ?? 'shop';
    const fullName = host.fullNameOf(selection.workspace, name);
    expect(listed).toMatchObject({ slug: 'shop', fullName, projectKey: 'PAY' });
    expect(host.workspaceOf(fullName)).toBe(selection.workspace);
  });

  it('gives the default branch, by itself with its head, and null for an empty repository', async () => {
    const { host, world } = shop();
    await world.addRepository('empty', {});
    const { hash } = await shop().headOf();
    expect(hash).toMatch(/^[0-9a-f]{40}$/);
    const main = { name: 'main', hash };
    const [full, empty] = [await shop().find(), await shop().find('empty')];
    // The head may be left to another request.
    const described = [main, { name: 'main' }];
    expect(described).toContainEqual(full.mainBranch);
    expect(empty.mainBranch).toBeNull();
    expect(await host.defaultBranch(full, {})).toEqual(main);
    expect(await host.defaultBranch(empty, {})).toBeNull();
    expect(await collect(host.branches(empty, {}))).toEqual([]);
    const pages = await collect(
      host.repositories(world.selection, {}, undefined, {}),
    );
    for (const { slug, mainBranch } of rowsOf(pages)) {
      const listed = slug === 'empty' ? [null] : described;
      expect([undefined, ...listed]).toContainEqual(mainBranch);
    }
  });

  it('lists what was pushed to since a cursor, or says how old a head may be', async () => {
    const { host, world } = shop();
    const { selection } = world;
    const since = async (from?: string) => {
      const pages = host.changedSince?.(selection, from, {});
      return pages ? collect(pages) : [];
    };
    const cursor = (await since()).at(-1)?.cursor;
    const later = (await since(cursor)).at(-1)?.cursor ?? cursor;
    await world.push('shop', 'main', { 'a.txt': 'a' });
    const found = rowsOf(await since(later));
    const repository = await shop().find();
    expect(host.changedSince ? found : [repository]).toContainEqual(repository);
    expect(host.changedSince ? later : host.heads).toBeDefined();
  });

  it('gives another updatedOn after a push to any branch and no other without one, or none at all', async () => {
    const before = await shop().find();
    expect(await shop().find()).toEqual(before);
    await shop().world.push('shop', 'other', { 'a.txt': 'a' });
    const { updatedOn } = await shop().find();
    expect(updatedOn).not.toBe(before.updatedOn ?? 'any');
  });

  it('lists the repositories of a project', async () => {
    const { host, world } = shop();
    await world.addRepository('site', { files: FILES, projectKey: 'WEB' });
    const pages = await collect(
      host.projectRepositories(world.selection, 'PAY', {}),
    );
    expect(pages.flat()).toMatchObject([{ slug: 'shop' }]);
  });

  it('knows a full list by one key, with and without filters that leave nothing out', () => {
    const { host, world } = shop();
    const filters = { exclude: {}, forks: true };
    expect(host.listKey(world.selection, filters)).toBe(
      host.listKey(world.selection),
    );
  });

  it('finds a repository by its id after it was renamed', async () => {
    const { host, world } = shop();
    const ref = await shop().byId();
    const before = await host.repository(ref, {});
    await world.rename('shop', 'store');
    const after = await shop().find('store');
    expect(after.uuid).toBe(before.uuid);
    expect(await host.repository(ref, {})).toEqual(after);
  });

  it('finds a renamed repository in a list, or by the name that it had, until it is deleted', async () => {
    const { host, world } = shop();
    const { uuid: id, fullName } = await shop().find();
    const find = async () =>
      host.findListed
        ? (await host.findListed([{ id, fullName }], {}))[0]
        : host.repository({ by: 'name', fullName }, {});
    await world.rename('shop', 'store');
    expect(await find()).toMatchObject({ uuid: id, slug: 'store' });
    await world.remove('store');
    const found = await find().catch(error => error);
    expect(host.findListed ? found : found.missing).toBe(
      host.findListed ? undefined : 'repository',
    );
  });

  it('does not take a repository for a deleted one of the same name', async () => {
    const { host, world } = shop();
    const ref = await shop().byId();
    await world.remove('shop');
    await world.addRepository('shop', { files: FILES });
    await expect(host.repository(ref, {})).rejects.toThrow();
  });
}

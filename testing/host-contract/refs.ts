import { collect } from '../bitbucket/collect';
import { Shop } from './shop';

export function describeRefs(shop: () => Shop): void {
  it('finds a branch whose name has a slash, by two kinds of requests', async () => {
    const { host, world } = shop();
    await world.push('shop', 'feature/x', { 'a.txt': 'a' });
    const repository = await shop().find();
    const head = await host.branch(repository, 'feature/x', {});
    expect(head).toMatch(/^[0-9a-f]{40}$/);
    expect(await host.verifyBranch(repository, 'feature/x', {})).toBe(head);
    expect(await collect(host.branches(repository, {}))).toContainEqual({
      name: 'feature/x',
      hash: head,
    });
  });

  it('says by two kinds of requests that there is no branch, also where a tag has the name', async () => {
    const { host, world } = shop();
    await world.tag('shop', 'v1');
    const repository = await shop().find();
    for (const name of ['feature', 'feature/x', 'v1']) {
      expect(await host.branch(repository, name, {})).toBeUndefined();
      expect(await host.verifyBranch(repository, name, {})).toBeUndefined();
      await shop().expectOtherRequests(
        () => host.branch(repository, name, {}),
        () => host.verifyBranch(repository, name, {}),
      );
    }
  });

  it('says what the default branch is by two kinds of requests, and so where its head is', async () => {
    const { host } = shop();
    const repository = await shop().find();
    const main = await host.defaultBranch(repository, {});
    const verifyHead = () => host.verifyBranch(repository, main!.name, {});
    expect(await verifyHead()).toBe(main!.hash);
    // Where the host has no list of updates, that does not say the name too.
    const verifyName = host.changedSince
      ? verifyHead
      : () => host.verifyDefaultBranch!(repository, {});
    expect([main!.name, main!.hash]).toContain(await verifyName());
    for (const verify of [verifyHead, verifyName]) {
      await shop().expectOtherRequests(
        () => host.defaultBranch(repository, {}),
        verify,
      );
    }
  });

  it('resolves the longest name that is a branch, a tag or a commit', async () => {
    const { host, world } = shop();
    const { hash } = await shop().headOf();
    await world.tag('shop', 'v1');
    await world.tag('shop', 'both');
    await world.tag('shop', 'tags/v1');
    await world.push('shop', 'both', { 'a.txt': 'a' });
    await world.push('shop', 'feature/x', { 'a.txt': 'a' });
    const repository = await shop().find();
    const both = await host.branch(repository, 'both', {});
    const x = await host.branch(repository, 'feature/x', {});
    const short = hash.slice(0, 8);
    const tag = { kind: 'tag', hash };
    const branch = 'branch';
    for (const [names, found] of [
      [
        ['feature', 'feature/x', 'feature/x/a'],
        { kind: branch, name: 'feature/x', hash: x },
      ],
      [['tags', 'tags/v1', 'tags/v1/a'], { ...tag, name: 'tags/v1' }],
      [['v1', 'v1/docs'], { ...tag, name: 'v1' }],
      [['both'], { kind: branch, name: 'both', hash: both }],
      [[hash, `${hash}/docs`], { name: hash, hash }],
      [[short, `${short}/docs`], { name: short, hash }],
      [['gone', 'gone/docs'], undefined],
    ] as const) {
      expect(await host.resolveRef(repository, [...names], {})).toEqual(found);
    }
  });
}

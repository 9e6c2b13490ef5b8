import { startWorld, World } from '../../testing/workspace/startWorld';

const MINUTE = 60_000;
const SELECTION = { workspace: 'acme' };

describe('RepositoryIndex.refresh', () => {
  let world: World;

  async function start(slugs: string[]): Promise<void> {
    world = await startWorld(
      Object.fromEntries(slugs.map(slug => [slug, { 'README.md': slug }])),
    );
  }

  const numbered = (count: number) =>
    Array.from({ length: count }, (_, position) => `r${position + 1}`);

  const refresh = (index = world.index, selection = SELECTION) =>
    index.repositories.refresh(selection, {});

  const slugs = async (after?: number) =>
    (await world.index.repositories.known(SELECTION, after))
      .map(({ slug }) => slug)
      .sort();

  const version = () => world.index.repositories.version(SELECTION);

  it('sends one request, and finds what has changed since', async () => {
    await start(['a', 'b', 'c']);
    expect(await world.cost(refresh)).toBe(1);
    expect(await slugs()).toEqual(['a', 'b', 'c']);

    const before = await version();
    world.acme.push('b', { 'README.md': 'new' });
    expect(await world.cost(refresh)).toBe(1);
    expect(await slugs(before)).toEqual(['b']);
    const [b] = await world.index.repositories.known(SELECTION, before);
    expect(b).toMatchObject({
      fullName: 'acme/b',
      mainBranch: {
        name: 'main',
        hash: world.acme.repository('b').head?.hash,
      },
      seenAt: world.timing.now(),
    });
  });

  it('does not count a row that it gets again as a change', async () => {
    await start(['a', 'b']);
    await refresh();
    const before = await version();
    await refresh();
    expect(await slugs(before)).toEqual([]);
  });

  it('goes on after a row whose time of update is not a time', async () => {
    await start(['a', 'b']);
    const endFault = world.simulator.faults.add({
      endpoint: 'repositories',
      kind: 'json',
      change: body => {
        const { values } = body as { values: object[] };
        return {
          values: values.map(row => ({ ...row, updated_on: 'just now' })),
        };
      },
    });
    await refresh();
    endFault();
    world.acme.push('b', { 'README.md': 'new' });
    const before = await version();
    await refresh();
    expect(await slugs(before)).toContain('b');
  });

  it('begins with the hundred that were updated last', async () => {
    await start(numbered(120));
    expect(await world.cost(refresh)).toBe(1);
    const known = await slugs();
    expect(known).toHaveLength(100);
    expect(known).toContain('r120');
    expect(known).not.toContain('r20');
  });

  it.each([
    [15, ['late', 'latest']],
    [16, ['latest']],
  ])(
    'sees a repository that turns up %i minutes late: %j',
    async (minutesLate, expected) => {
      await start([]);
      const { acme, timing } = world;
      acme.addRepository({ slug: 'latest', createdOn: timing.now() });
      await refresh();
      const createdOn = timing.now() - minutesLate * MINUTE;
      acme.addRepository({ slug: 'late', createdOn });
      await refresh();
      expect(await slugs()).toEqual(expected);
    },
  );

  it('continues after a restart', async () => {
    await start(numbered(120));
    await refresh();
    world.acme.push('r7', { 'README.md': 'new' });
    const before = await version();
    expect(await world.cost(() => refresh(world.restart()))).toBe(1);
    expect(await slugs(before)).toEqual(['r7']);
  });

  it('reads every page of what was updated, and goes on where a page failed', async () => {
    await start(numbered(250));
    await refresh();
    world.timing.advance(60 * MINUTE);
    for (const slug of numbered(250)) {
      world.timing.advance(MINUTE);
      world.acme.push(slug, { 'README.md': 'new' });
    }
    const before = await version();
    const fault = { kind: 'status', status: 400 } as const;
    world.simulator.faults.add({ path: 'page=2', times: 1, ...fault });
    await expect(refresh()).rejects.toThrow('answered 400');
    expect(await slugs(before)).toHaveLength(100);

    // 150 are left, and those of the quarter of an hour before.
    expect(await world.cost(refresh)).toBe(2);
    expect(await slugs(before)).toHaveLength(250);
  });

  it('keeps to a query of the user, and apart what it shows', async () => {
    await start(['a', 'b']);
    world.acme.setVisibility('b', 'private');
    const hidden = {
      workspace: 'acme',
      query: 'is_private = true OR slug="x"',
    };
    const known = () => world.index.repositories.known(hidden);
    await refresh(world.index, hidden);
    expect(await known()).toMatchObject([{ slug: 'b' }]);
    world.acme.push('a', { 'README.md': 'new' });
    world.acme.push('b', { 'README.md': 'new' });
    await refresh(world.index, hidden);
    expect(await known()).toMatchObject([{ slug: 'b' }]);
    expect(await slugs()).toEqual([]);
  });
});

import { SimulatedWorkspace } from '..';

const DAY = 86_400_000;

function acme() {
  const workspace = new SimulatedWorkspace({ slug: 'acme' });
  let now = Date.UTC(2026, 0, 1);
  workspace.now = () => (now += DAY);
  workspace.addRepository({ slug: 'shop', files: { 'a.txt': 'a', b: 'b' } });
  return workspace;
}

const contents = (workspace: SimulatedWorkspace, branch = 'main') =>
  Object.fromEntries(
    [...(workspace.repository('shop').branches.get(branch)?.tree ?? [])].map(
      ([path, file]) => [path, file.content.toString()],
    ),
  );

describe('SimulatedWorkspace', () => {
  it('is the same again when the same is done again', () => {
    const [one, two] = [acme(), acme()];
    for (const workspace of [one, two]) {
      workspace.push('shop', { 'a.txt': 'changed' });
    }
    const shops = [one.repository('shop'), two.repository('shop')];
    expect(shops[0].uuid).toBe(shops[1].uuid);
    expect(shops[0].head?.hash).toBe(shops[1].head?.hash);
    expect(shops[0].head?.hash).toMatch(/^[0-9a-f]{40}$/);
    expect(shops[0].uuid).toMatch(
      /^\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$/,
    );
  });

  it('writes and removes files and folders, and keeps older commits', () => {
    const workspace = acme();
    workspace.push('shop', { 'docs/x': 'x', 'docs/y/z': 'z' });
    const before = workspace.repository('shop').head;
    const commit = workspace.push('shop', { docs: null, b: null, c: 'c' });
    expect(contents(workspace)).toEqual({ 'a.txt': 'a', c: 'c' });
    expect(commit.parents).toEqual([before]);
    expect([...(before?.tree.keys() ?? [])]).toContain('docs/y/z');
  });

  it('starts new branches at the main branch', () => {
    const workspace = acme();
    workspace.push('shop', { 'a.txt': 'x' }, { branch: 'feature/x' });
    expect(contents(workspace, 'feature/x')).toEqual({ 'a.txt': 'x', b: 'b' });
    expect(contents(workspace)).toEqual({ 'a.txt': 'a', b: 'b' });
  });

  it('replaces the head of a branch by force', () => {
    const workspace = acme();
    workspace.push('shop', { 'a.txt': '1' });
    const forced = workspace.push('shop', { 'a.txt': '2' }, { force: true });
    expect(forced.parents).toHaveLength(1);
    expect(forced.parents[0].parents).toEqual([]);
    expect(contents(workspace)).toEqual({ 'a.txt': '2', b: 'b' });
  });

  it.each<[string, (workspace: SimulatedWorkspace) => void]>([
    ['a push', workspace => workspace.push('shop', { c: 'c' })],
    ['a branch made', workspace => workspace.createBranch('shop', 'x')],
    ['a branch deleted', workspace => workspace.deleteBranch('shop', 'main')],
    ['a tag', workspace => workspace.createTag('shop', 'v1')],
    ['commits taken away', workspace => workspace.emptyRepository('shop')],
  ])('moves updated_on with %s', (_, change) => {
    const workspace = acme();
    const { updatedOn } = workspace.repository('shop');
    change(workspace);
    expect(workspace.repository('shop').updatedOn).toBeGreaterThan(updatedOn);
  });

  it('moves its revision, but no updated_on, with what is not a commit', () => {
    const workspace = acme();
    workspace.createBranch('shop', 'x');
    const shop = workspace.repository('shop');
    const { updatedOn, uuid } = shop;
    const changes: (() => void)[] = [
      () => workspace.renameRepository('shop', 'store', 'The Store'),
      () => workspace.setVisibility('store', 'private'),
      () => workspace.setProject('store', 'NEW'),
      () => workspace.setMainBranch('store', 'x'),
      () => workspace.rename('acme-inc'),
    ];
    for (const change of changes) {
      const { revision } = workspace;
      change();
      expect(workspace.revision).toBeGreaterThan(revision);
    }
    expect(shop).toMatchObject({
      uuid,
      updatedOn,
      fullName: 'acme-inc/store',
      name: 'The Store',
      isPrivate: true,
      project: { key: 'NEW' },
      mainBranch: 'x',
    });
    expect(workspace.findRepository('shop')).toBeUndefined();
    expect(workspace.repository(uuid)).toBe(shop);
  });

  it('moves a project and its repositories to another key', () => {
    const workspace = acme();
    const { project } = workspace.repository('shop');
    workspace.updateProject('PROJ', { key: 'NEW' });
    expect(workspace.repository('shop').project.key).toBe('NEW');
    workspace.setProject('shop', 'PROJ');
    expect(workspace.projects.map(({ key }) => key)).toEqual(['NEW', 'PROJ']);
    expect(workspace.repository('shop').project.uuid).not.toBe(project.uuid);
  });

  it('makes another repository of the same name', () => {
    const workspace = acme();
    const { uuid } = workspace.repository('shop');
    workspace.removeRepository('shop');
    expect(workspace.repositories).toEqual([]);
    workspace.addRepository({ slug: 'shop' });
    expect(workspace.repository('shop').uuid).not.toBe(uuid);
    expect(workspace.repository('shop').mainBranch).toBeUndefined();
  });

  it('hands a repository over to another workspace', () => {
    const [from, to] = [acme(), new SimulatedWorkspace({ slug: 'umbrella' })];
    const { uuid } = from.repository('shop');
    from.transferRepository('shop', to);
    expect(from.repositories).toEqual([]);
    expect(to.repository('shop')).toMatchObject({
      uuid,
      fullName: 'umbrella/shop',
    });
  });

  it.each<[string, (workspace: SimulatedWorkspace) => void]>([
    ['acme has no repository none', workspace => workspace.push('none', {})],
    [
      'acme already has a repository shop',
      workspace => workspace.addRepository({ slug: 'shop' }),
    ],
    [
      'acme/shop has no branch x',
      workspace => workspace.setMainBranch('shop', 'x'),
    ],
    [
      'acme/shop has no branch x',
      workspace => workspace.deleteBranch('shop', 'x'),
    ],
    [
      'acme has no project X',
      workspace => workspace.updateProject('X', { name: 'x' }),
    ],
    [
      'acme/shop has no 1234567',
      workspace => workspace.createBranch('shop', 'x', { from: '1234567' }),
    ],
  ])('says "%s"', (message, change) => {
    expect(() => change(acme())).toThrow(message);
  });
});

import {
  loadWorkspaceFolder,
  SimulatedRepository,
  SimulatedWorkspace,
} from '../simulator';
import { TemporaryFolder } from './__testUtils__/temporaryFolder';
import { WorkspaceFolder } from './WorkspaceFolder';

const DESCRIPTION = `
slug: acme
name: Acme
projects:
  - key: PAY
    name: Payments
repositories:
  - slug: shop
    project: PAY
    mainBranch: trunk
    branches:
      - name: release/1
        folder: branches/shop/release-1
  - slug: fork
    project: PAY
    description: Sells elsewhere
    private: false
    forkOf: shop
  - slug: empty
    project: PAY
    empty: true
`;

describe('WorkspaceFolder', () => {
  let files: TemporaryFolder;
  let workspace: SimulatedWorkspace;
  let folder: WorkspaceFolder;
  /** Names of the events that webhooks would receive. */
  let events: string[];

  beforeEach(async () => {
    files = await TemporaryFolder.create();
    await files.write({
      'workspace.yaml': DESCRIPTION,
      'repositories/shop/catalog-info.yaml': 'kind: Component',
      'repositories/shop/docs/index.md': '# Shop',
      'repositories/fork/README.md': '# Fork',
      'branches/shop/release-1/catalog-info.yaml': 'kind: API',
      'branches/shop/release-1/RELEASE.md': '# 1',
    });
    workspace = loadWorkspaceFolder(files.path);
    folder = new WorkspaceFolder(files.path, workspace);
    events = [];
    workspace.onEvent(({ key }) => events.push(key));
  });

  const contents = (repository: SimulatedRepository, branch: string) =>
    Object.fromEntries(
      [...(repository.branches.get(branch)?.tree ?? [])].map(
        ([path, { content }]) => [path, String(content)],
      ),
    );

  it('pushes nothing while nothing has changed', () => {
    expect(folder.push()).toEqual([]);
    expect(events).toEqual([]);
  });

  it('pushes what was written, added and removed at once, and that once', async () => {
    await files.write({
      'repositories/shop/catalog-info.yaml': 'kind: System',
      'repositories/shop/src/main.go': 'package main',
    });
    await files.remove('repositories/shop/docs');
    const paths = ['docs/index.md', 'catalog-info.yaml', 'src/main.go'];
    expect(folder.push()).toEqual([
      { kind: 'pushed', fullName: 'acme/shop', branch: 'trunk', paths },
    ]);
    expect(folder.push()).toEqual([]);
    expect(events).toEqual(['repo:push']);
    expect(contents(workspace.repository('shop'), 'trunk')).toEqual({
      'catalog-info.yaml': 'kind: System',
      'src/main.go': 'package main',
    });
  });

  it('pushes a folder in the place of a file', async () => {
    await files.remove('repositories/shop/catalog-info.yaml');
    await files.write({ 'repositories/shop/catalog-info.yaml/a': 'a' });
    folder.push();
    expect(contents(workspace.repository('shop'), 'trunk')).toEqual({
      'docs/index.md': '# Shop',
      'catalog-info.yaml/a': 'a',
    });
  });

  it('pushes to another branch, and leaves the main branch alone', async () => {
    await files.write({ 'branches/shop/release-1/RELEASE.md': '# 1.1' });
    // What the branch has there no longer, the main branch still has.
    await files.remove('branches/shop/release-1/catalog-info.yaml');
    const { head } = workspace.repository('shop');
    expect(folder.push()).toMatchObject([
      { kind: 'pushed', fullName: 'acme/shop', branch: 'release/1' },
    ]);
    expect(workspace.repository('shop').head).toBe(head);
    expect(contents(workspace.repository('shop'), 'release/1')).toEqual({
      'catalog-info.yaml': 'kind: Component',
      'docs/index.md': '# Shop',
      'RELEASE.md': '# 1.1',
    });
  });

  it('deletes a branch with its folder, and makes it again', async () => {
    await files.remove('branches/shop');
    folder.push();
    const { branches } = workspace.repository('shop');
    expect([...branches.keys()]).toEqual(['trunk']);
    await files.write({ 'branches/shop/release-1/RELEASE.md': '# 2' });
    folder.push();
    expect(contents(workspace.repository('shop'), 'release/1')).toMatchObject({
      'catalog-info.yaml': 'kind: Component',
      'RELEASE.md': '# 2',
    });
  });

  it('creates a repository for a new folder', async () => {
    await files.write({ 'repositories/Kayak Rental/README.md': '# Kayaks' });
    expect(folder.push()).toEqual([
      {
        kind: 'created',
        fullName: 'acme/kayak-rental',
        branch: 'main',
        paths: ['README.md'],
      },
    ]);
    expect(events).toEqual(['repo:created', 'repo:push']);
    const made = workspace.repository('kayak-rental');
    expect(made).toMatchObject({
      name: 'Kayak Rental',
      isPrivate: true,
      project: { key: 'PAY' },
    });
    expect(contents(made, 'main')).toEqual({ 'README.md': '# Kayaks' });

    await files.write({ 'repositories/Kayak Rental/README.md': '# Boats' });
    expect(folder.push()).toMatchObject([{ kind: 'pushed' }]);
  });

  it('deletes a repository with its folder, and makes it again as described', async () => {
    await files.remove('repositories/shop', 'repositories/fork');
    expect(folder.push()).toMatchObject([
      { kind: 'deleted', fullName: 'acme/shop' },
      { kind: 'deleted', fullName: 'acme/fork' },
    ]);
    expect(events).toEqual(['repo:deleted', 'repo:deleted']);
    await files.write({
      'repositories/shop/a': 'a',
      'repositories/fork/b': 'b',
    });
    folder.push();
    const shop = workspace.repository('shop');
    expect(shop).toMatchObject({ isPrivate: true, mainBranch: 'trunk' });
    expect(contents(shop, 'release/1')).toMatchObject({
      a: 'a',
      'RELEASE.md': '# 1',
    });
    expect(workspace.repository('fork')).toMatchObject({
      description: 'Sells elsewhere',
      isPrivate: false,
      parent: shop,
    });
  });

  it('keeps a repository whose last file was deleted', async () => {
    await files.remove('repositories/fork/README.md');
    expect(folder.push()).toMatchObject([{ kind: 'pushed' }]);
    expect(contents(workspace.repository('fork'), 'main')).toEqual({});
  });

  it('makes the first push to an empty repository', async () => {
    await files.write({ 'repositories/empty/README.md': '# Full' });
    expect(folder.push()).toMatchObject([
      { kind: 'pushed', fullName: 'acme/empty', branch: 'main' },
    ]);
    expect(workspace.repository('empty').mainBranch).toBe('main');
  });

  it('leaves alone what editors put there', async () => {
    await files.write({ 'repositories/shop/.catalog-info.yaml.swp': 'b0VIM' });
    expect(folder.push()).toEqual([]);
  });
});

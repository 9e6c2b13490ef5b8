import {
  chmod,
  mkdir,
  mkdtemp,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadWorkspaceFolder, openPullRequests, readDescription } from '.';

const DESCRIPTION = `
slug: acme
name: Acme
projects:
  - key: PAY
    name: Payments
repositories:
  - slug: shop
    project: PAY
    description: Sells
    mainBranch: trunk
    branches:
      - name: release/1
        folder: branches/shop
  - slug: fork
    project: PAY
    private: false
    forkOf: shop
    folder: elsewhere
  - slug: empty
    project: PAY
    empty: true
`;

describe('loadWorkspaceFolder', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'workspace-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function write(files: Record<string, string>) {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
  }

  it('reads repositories, branches and files', async () => {
    await write({
      'workspace.yaml': DESCRIPTION,
      'repositories/shop/catalog-info.yaml': 'kind: Component',
      'repositories/shop/docs/ü #1.md': 'awkward',
      'repositories/shop/run.sh': '#!/bin/sh',
      'branches/shop/catalog-info.yaml': 'kind: API',
      'elsewhere/README.md': '# Fork',
    });
    const shopFolder = join(folder, 'repositories/shop');
    await chmod(join(shopFolder, 'run.sh'), 0o755);
    await symlink('run.sh', join(shopFolder, 'latest'));

    const workspace = loadWorkspaceFolder(folder);
    expect(workspace).toMatchObject({ slug: 'acme', name: 'Acme' });
    const [shop, fork, empty] = workspace.repositories;
    expect(shop).toMatchObject({
      slug: 'shop',
      description: 'Sells',
      isPrivate: true,
      mainBranch: 'trunk',
      project: { key: 'PAY', name: 'Payments' },
    });
    expect([...(shop.head?.tree.keys() ?? [])]).toEqual([
      'catalog-info.yaml',
      'docs/ü #1.md',
      'latest',
      'run.sh',
    ]);
    expect(shop.head?.tree.get('run.sh')?.attributes).toEqual(['executable']);
    expect(shop.head?.tree.get('latest')).toMatchObject({
      attributes: ['link'],
      content: Buffer.from('run.sh'),
    });
    const release = shop.branches.get('release/1')?.tree;
    expect(String(release?.get('catalog-info.yaml')?.content)).toBe(
      'kind: API',
    );
    expect(release?.has('run.sh')).toBe(true);

    expect(fork).toMatchObject({ isPrivate: false, parent: shop });
    expect(fork.head?.tree.has('README.md')).toBe(true);
    expect(empty.head).toBeUndefined();
  });

  it('is the same each time', async () => {
    await write({
      'workspace.yaml': DESCRIPTION,
      'repositories/shop/a': 'a',
      'branches/shop/b': 'b',
      'elsewhere/c': 'c',
    });
    const heads = () =>
      loadWorkspaceFolder(folder).repositories.map(
        ({ uuid, updatedOn, head }) => [uuid, updatedOn, head?.hash],
      );
    expect(heads()).toEqual(heads());
  });

  it('opens pull requests when it is asked to', async () => {
    await write({
      'workspace.yaml': DESCRIPTION.replace(
        'folder: branches/shop',
        'folder: branches/shop\n        pullRequest: { title: Release, author: Jo }',
      ),
      'repositories/shop/a': 'a',
      'branches/shop/b': 'b',
      'elsewhere/c': 'c',
    });
    const workspace = loadWorkspaceFolder(folder);
    const { pullRequests } = workspace.repository('shop');
    expect(pullRequests).toEqual([]);
    const opened = openPullRequests(workspace, readDescription(folder));
    expect(opened).toMatchObject([
      {
        id: 1,
        title: 'Release',
        author: 'Jo',
        source: { branch: 'release/1' },
      },
    ]);
    expect(pullRequests).toEqual(opened);

    workspace.deleteBranch('shop', 'release/1');
    expect(openPullRequests(workspace, readDescription(folder))).toEqual([]);
  });

  it('names what is wrong with the description', async () => {
    await write({
      'workspace.yaml': DESCRIPTION.replace('forkOf', 'forkedFrom'),
    });
    expect(() => loadWorkspaceFolder(folder)).toThrow(
      /workspace\.yaml: .*"forkedFrom"\s*→ at repositories\[1\]/s,
    );
  });

  it('names a folder that is missing', async () => {
    await write({ 'workspace.yaml': DESCRIPTION });
    expect(() => loadWorkspaceFolder(folder)).toThrow(/repositories\/shop/);
  });
});

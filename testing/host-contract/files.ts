import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { createPathGlob } from '../../src/lib/globs';
import { ListedFolder } from '../../src/scm/types';
import { collect } from '../bitbucket/collect';
import { FILES, Shop } from './shop';

export function describeFiles(shop: () => Shop): void {
  it.each([
    'README.md',
    'docs/api/openapi.yaml',
    'docs/ü #1 100%.md',
    'empty.yaml',
  ])('reads the file %s', async path => {
    const { host } = shop();
    const file = await host.readFile(await shop().headOf(), path, {});
    const content = Buffer.from(`${FILES[path]}`);
    expect(file).toMatchObject({ exists: true, content });
  });

  it.each([
    'gone.yaml',
    'gone/README.md',
    'docs',
    'folder/catalog-info.yaml',
    'linked/catalog-info.yaml',
  ])(
    'says that there is no regular file at %s, by two kinds of requests',
    async path => {
      const { host } = shop();
      const at = await shop().headOf();
      const read = () => host.readFile(at, path, {});
      const has = (missedBy: 'file' | 'listing') => () =>
        host.hasFile(at, path, missedBy, {});
      expect(await read()).toMatchObject({ exists: false });
      expect([await has('file')(), await has('listing')()]).toEqual([
        false,
        false,
      ]);
      await shop().expectOtherRequests(read, has('file'));
      const glob = createPathGlob(path);
      await shop().expectOtherRequests(
        () => host.findFiles(at, glob, {}),
        has('listing'),
      );
    },
  );

  it('finds a file by two kinds of requests that one request has missed', async () => {
    const { host } = shop();
    const at = await shop().headOf();
    for (const path of ['README.md', 'docs/ü #1 100%.md', 'large.yaml']) {
      expect(await host.hasFile(at, path, 'file', {})).toBe(true);
      expect(await host.hasFile(at, path, 'listing', {})).toBe(true);
    }
  });

  it('gives the size of a file that is too large, and not its content', async () => {
    const { host } = shop();
    const file = await host.readFile(await shop().headOf(), 'large.yaml', {});
    expect(file).toMatchObject({ exists: true });
    expect(file.content).toBeUndefined();
    expect(file.size).toBeGreaterThan(host.maxFileSize.bytes);
  });

  it('gives another etag for another content, and the same for the same, if it gives any', async () => {
    const { host, world } = shop();
    const etagOf = async () => {
      const at = await shop().headOf();
      return (await host.readFile(at, 'README.md', {})).etag;
    };
    const before = await etagOf();
    await world.push('shop', 'main', { 'a.txt': 'a' });
    expect(await etagOf()).toBe(before);
    await world.push('shop', 'main', { 'README.md': '# Another\n' });
    expect(await etagOf()).not.toBe(before ?? 'any');
  });

  it('finds the regular files that a glob wants, also where a listing has more pages', async () => {
    const { host } = shop();
    const at = await shop().headOf();
    const listed = new Map<string, ListedFolder>();
    const progress = {
      folder: async (path: string) => listed.get(path),
      save: async (path: string, found: ListedFolder) => {
        listed.set(path, found);
      },
    };
    for (const [pattern, paths] of [
      ['**/catalog-info.yaml', ['catalog-info.yaml']],
      ['docs/*/*.yaml', ['docs/api/openapi.yaml']],
      ['docs/*#1*', ['docs/ü #1 100%.md']],
      ['README.md', ['README.md']],
      ['gone/**/*.yaml', []],
    ] as const) {
      const find = () =>
        host.findFiles(at, createPathGlob(pattern), {}, progress);
      listed.clear();
      expect([await find(), await find()]).toEqual([paths, paths]);
    }
  });

  it('lists what is in a folder, down to a level, and what has a text in its path', async () => {
    const { host } = shop();
    const at = await shop().headOf();
    const list = async (path: string, maxDepth: number, contains?: string) => {
      const options = { maxDepth, contains };
      const rows = await collect(host.listFolder(at, path, options, {}));
      return rows.map(row => `${row.type} ${row.path}`).sort();
    };
    expect(await list('docs', 1)).toEqual([
      'directory docs/api',
      'file docs/ü #1 100%.md',
    ]);
    expect(await list('', 3, 'openapi')).toEqual([
      'file docs/api/openapi.yaml',
    ]);
    await expect(list('gone', 1)).rejects.toMatchObject({ missing: 'path' });
  });

  it('says which paths differ between two commits, or that it cannot', async () => {
    const { host, world } = shop();
    const from = await shop().headOf();
    await world.push('shop', 'main', {
      'README.md': '# Changed\n',
      'empty.yaml': null,
      'docs/api/openapi.yaml': null,
      'docs/openapi.yaml': FILES['docs/api/openapi.yaml'],
    });
    const to = await shop().headOf();
    const differ = async (before: string) =>
      (await host.changedPaths(to, before, to.hash, {}))?.sort((a, b) =>
        a.path < b.path ? -1 : 1,
      );
    const movedTo = 'docs/openapi.yaml';
    const [changed, moved, gone] = [
      { path: 'README.md', exists: true },
      { path: 'docs/api/openapi.yaml', exists: false },
      { path: 'empty.yaml', exists: false },
    ];
    const added = { path: movedTo, exists: true };
    expect([
      undefined,
      [changed, moved, added, gone],
      [changed, { ...moved, movedTo }, added, gone],
    ]).toContainEqual(await differ(from.hash));
    expect(await differ('0'.repeat(40))).toBeUndefined();
  });

  it('packs the files below a path, in one folder', async () => {
    const { host } = shop();
    const archive = await host.archive(await shop().headOf(), 'docs', {});
    const tops = new Set<string>();
    const files: Record<string, string> = {};
    for await (const entry of archive.pipe(createGunzip()).pipe(extract())) {
      const [top, ...path] = entry.header.name.split('/');
      tops.add(top);
      files[path.join('/')] = await text(entry);
    }
    expect(tops.size).toBe(1);
    for (const path of ['docs/api/openapi.yaml', 'docs/ü #1 100%.md']) {
      expect(files).toHaveProperty([path], FILES[path]);
    }
  });
}

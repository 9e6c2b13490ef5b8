import {
  dataCenterWrongResponses,
  SimulatedInstance,
} from '../../../dev/simulator/data-center';
import { SimulatedFile } from '../../../dev/simulator/world/file';
import {
  dataCenterClientOf,
  startDataCenter,
} from '../../../testing/dataCenter';
import { createPathGlob } from '../../lib/globs';
import { changedPaths } from './changes';
import { findFiles, hasFile, mayBeLink, readFile } from './files';

type Options = Parameters<typeof startDataCenter>[0];
type Files = Record<string, string | SimulatedFile>;

async function start(files: Files, options: Options = {}) {
  const instance = new SimulatedInstance();
  const pay = instance.addProject('PAY');
  const shop = instance.addRepository('PAY', { slug: 'shop', files });
  const simulator = await startDataCenter({ instance, ...options });
  const { api } = dataCenterClientOf(simulator);
  const at = {
    fullName: `${api.host}/PAY/shop`,
    hash: `${shop.head?.hash}`,
  };
  const asked = () =>
    simulator.requests.entries.map(({ endpoint }) => endpoint);
  const read = (path: string) => readFile(api, 10_000, at, path, {});
  const find = (glob: string) => findFiles(api, at, createPathGlob(glob), {});
  return { pay, shop, simulator, api, at, asked, read, find };
}

const POINTER =
  'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n';

describe('readFile', () => {
  it('costs one request for a file that describes entities, and for one that is missing', async () => {
    const { read, asked } = await start({
      'a.yaml': 'kind: Component\n',
      'b.yaml': 'kind: Component',
      'c.json': '{"kind":"Component"}',
    });
    for (const path of ['a.yaml', 'b.yaml', 'c.json', 'd.yaml']) {
      const { exists } = await read(path);
      expect([path, exists]).toEqual([path, path !== 'd.yaml']);
    }
    expect(asked()).toEqual(['raw', 'raw', 'raw', 'raw']);
  });

  it('reads an empty file when another response says that it has no bytes', async () => {
    const { read, simulator } = await start({
      'empty.yaml': '',
      'a.yaml': 'kind: Component',
    });
    expect(await read('empty.yaml')).toMatchObject({ exists: true, size: 0 });
    simulator.faults.add(dataCenterWrongResponses.emptyFile());
    await expect(read('a.yaml')).rejects.toThrow(
      'the file is empty, although Bitbucket says that it has 15 bytes',
    );
  });

  it('takes links and submodules for missing, and says what Git LFS keeps', async () => {
    const { read } = await start({
      'a.yaml': 'kind: Component\n',
      link: new SimulatedFile('a.yaml', ['link']),
      line: 'a.yaml',
      module: new SimulatedFile('0'.repeat(40), ['subrepository']),
      lfs: POINTER,
    });
    expect(await read('link')).toEqual({ exists: false });
    expect(await read('module')).toEqual({ exists: false });
    expect(await read('line')).toMatchObject({ exists: true, size: 6 });
    expect(await read('lfs')).toEqual({ exists: true, isLfs: true });
  });

  it('asks for the size of what is empty, and refuses an empty response for what is not', async () => {
    const { read, simulator, asked } = await start({ a: 'a: b\n', empty: '' });
    expect(await read('empty')).toMatchObject({ exists: true, size: 0 });
    expect(asked()).toEqual(['raw', 'browse']);
    simulator.faults.add(dataCenterWrongResponses.emptyFile());
    await expect(read('a')).rejects.toThrow(
      'the file is empty, although Bitbucket says that it has 5 bytes',
    );
    expect(await read('a')).toMatchObject({ exists: true, size: 5 });
  });

  it('takes no page of something in between for a file', async () => {
    const { read, simulator } = await start({ a: 'a: b\n' });
    await read('a');
    simulator.faults.add({
      kind: 'rewrite',
      rewrite: () => ({
        status: 200,
        headers: { 'content-type': 'text/html' },
        body: Buffer.from('<form>Log in</form>\n'),
      }),
    });
    await expect(read('a')).rejects.toThrow(/something in between/);
  });

  it('reads from an instance whose answers have lost the id of the request', async () => {
    const { read, simulator } = await start({ a: 'a: b\n' });
    simulator.faults.add({
      kind: 'rewrite',
      rewrite: ({
        headers: { 'x-arequestid': _, ...headers },
        ...response
      }) => ({
        ...response,
        headers,
      }),
    });
    expect(await read('a')).toMatchObject({ exists: true });
  });
});

describe('mayBeLink', () => {
  it.each([
    ['../catalog-info.yaml', true],
    ['a b', true],
    ['No line feed', true],
    ['C:/x', true],
    ['', false],
    ['a\n', false],
    ['a\0', false],
    ['kind: Component', false],
    ['"kind": Component', false],
    ['backstage.io/x:', true],
    ['  a:', false],
    ['{}', false],
    ['#'.repeat(5_000), false],
  ])('%j: %s', (text, expected) => {
    expect(mayBeLink(Buffer.from(text))).toBe(expected);
  });
});

describe('findFiles', () => {
  it('costs two requests, and one where nothing matches', async () => {
    const { find, asked } = await start({
      'a/catalog-info.yaml': 'kind: Component\n',
      'b/catalog-info.yaml': new SimulatedFile('../a', ['link']),
      'c/catalog-info.yaml': new SimulatedFile('0'.repeat(40), [
        'subrepository',
      ]),
      [`${'long/'.repeat(40)}catalog-info.yaml`]: 'kind: Component\n',
    });
    expect(await find('**/catalog-info.yaml')).toEqual([
      'a/catalog-info.yaml',
      `${'long/'.repeat(40)}catalog-info.yaml`,
    ]);
    expect(asked()).toEqual(['files', 'archive']);
    expect(await find('**/gone.yaml')).toEqual([]);
    expect(asked().slice(2)).toEqual(['files']);
  });

  it('reads all pages, and checks many files with few requests', async () => {
    const names = Array.from(
      { length: 25 },
      (_, index) => `folder-${10 + index}/a-file-of-the-catalog.yaml`,
    );
    const { find, asked } = await start(
      Object.fromEntries(names.map(name => [name, 'a: b\n'])),
      { limits: { files: 10 } },
    );
    expect(await find('*/*.yaml')).toEqual(names);
    expect(asked()).toEqual(['files', 'files', 'files', 'archive']);
  });

  it('finds nothing below a file, nor below what does not exist', async () => {
    const { find } = await start({ a: 'a: b\n' });
    expect(await find('a/*.yaml')).toEqual([]);
    expect(await find('gone/*.yaml')).toEqual([]);
  });
});

describe('hasFile', () => {
  it('asks for what is at the path, and not for its content', async () => {
    const { api, at, asked } = await start({
      file: 'a: b\n',
      link: new SimulatedFile('file', ['link']),
      module: new SimulatedFile('0'.repeat(40), ['subrepository']),
      'folder/file': 'a: b\n',
    });
    for (const [path, expected] of [
      ['file', true],
      ['link', false],
      ['module', false],
      ['folder', false],
      ['gone', false],
    ] as const) {
      expect([path, await hasFile(api, at, path, {})]).toEqual([
        path,
        expected,
      ]);
    }
    expect(asked()).not.toContain('raw');
    expect(asked()).not.toContain('files');
  });
});

describe('changedPaths', () => {
  it('says nothing where there are more than an instance lists', async () => {
    const { api, at, pay, asked } = await start(
      { a: 'a', b: 'b', c: 'c' },
      { limits: { changes: 2 } },
    );
    const change = (files: Record<string, string>) => {
      pay.push('shop', files);
      const to = `${pay.repository('shop').head?.hash}`;
      return changedPaths(api, at, at.hash, to, {});
    };
    expect(await change({ a: '2', b: '2' })).toEqual([
      { path: 'a', exists: true },
      { path: 'b', exists: true },
    ]);
    expect(await change({ c: '2' })).toBeUndefined();
    expect(asked()).toEqual(['changes', 'changes']);
  });
});

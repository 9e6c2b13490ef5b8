import { Simulator, startSimulator } from '../../../dev/simulator/simulator';
import { SimulatedFile } from '../../../dev/simulator/world/file';
import { Files } from '../../../dev/simulator/world/tree';
import { SimulatedWorkspace } from '../../../dev/simulator/world/workspace';
import { clientOf } from '../../../testing/bitbucket/clientOf';
import { createPathGlob } from '../../lib/globs';
import { findFiles } from './files';

describe('findFiles', () => {
  let simulator: Simulator;

  afterEach(() => simulator.stop());

  async function find(files: Files, pattern: string): Promise<string[]> {
    await start(files);
    return search(pattern);
  }

  async function start(files: Files): Promise<void> {
    const acme = new SimulatedWorkspace({ slug: 'acme' });
    acme.addRepository({ slug: 'mono', files });
    simulator = await startSimulator({ workspaces: [acme] });
  }

  async function search(pattern: string): Promise<string[]> {
    const { head } = simulator.workspace('acme').repository('mono');
    const found = await findFiles(
      clientOf(simulator),
      ['acme', 'mono', head?.hash ?? ''],
      createPathGlob(pattern),
      {},
    );
    return found.sort();
  }

  it('leaves out links, submodules and folders', async () => {
    const files = {
      'a/api.yaml': 'a: 1',
      'b/api.yaml': new SimulatedFile('../a/api.yaml', ['link']),
      'c/api.yaml': new SimulatedFile('c0ffee', ['subrepository']),
      'd/api.yaml/e.txt': 'A folder by the name',
    };
    expect(await find(files, '**/api.yaml')).toEqual(['a/api.yaml']);
  });

  it('finds names that mean something in a query or a URL', async () => {
    const files = {
      'a "b"/x\\y/api.yaml': '',
      'what?/api.yaml': '',
      'ü #1/api.yaml': '',
    };
    expect(await find(files, '**/api.yaml')).toEqual(Object.keys(files).sort());
    expect(await search('a "b"/**/api.yaml')).toEqual(['a "b"/x\\y/api.yaml']);
    expect(await search('**/x\\y/*')).toEqual(['a "b"/x\\y/api.yaml']);
    expect(await search('ü #1/*.yaml')).toEqual(['ü #1/api.yaml']);
  });

  it('costs one request for each 100 files that match, however many others there are', async () => {
    const files: Files = {};
    for (let index = 0; index < 250; index += 1) {
      files[`services/${index}/catalog-info.yaml`] = '';
      files[`services/${index}/README.md`] = '';
    }
    const found = await find(files, '**/catalog-info.yaml');
    expect(found).toHaveLength(250);
    expect(simulator.requests.count()).toBe(3);
  });

  describe('where a listing takes Bitbucket too long', () => {
    const files = {
      'catalog-info.yaml': '',
      'deep/catalog-info.yaml': '',
      'deep/er/catalog-info.yaml': '',
      'deep/er/still/catalog-info.yaml': '',
      'wide/a/catalog-info.yaml': '',
      'wide/README.md': '',
    };
    const tooLong = { kind: 'status', status: 555 } as const;

    it('continues folder by folder', async () => {
      await start(files);
      simulator.faults.add({ path: /\/src\/\w+\/\?max_depth=100/, ...tooLong });
      expect(await search('**/catalog-info.yaml')).toEqual(
        Object.keys(files)
          .filter(path => path.endsWith('.yaml'))
          .sort(),
      );
      // The attempt, the root, and each of its folders.
      expect(simulator.requests.count()).toBe(4);
    });

    it('lists as many levels as needed', async () => {
      await start(files);
      simulator.faults.add({ path: /max_depth=(?!1&)/, ...tooLong });
      expect(await search('**/catalog-info.yaml')).toHaveLength(5);
    });

    it('lists no more levels than the pattern has', async () => {
      await start(files);
      simulator.faults.add({ path: /max_depth=(?!1&)/, ...tooLong });
      expect(await search('*/*/catalog-info.yaml')).toEqual([
        'deep/er/catalog-info.yaml',
        'wide/a/catalog-info.yaml',
      ]);
      const listed = simulator.requests.entries.map(({ path }) => path);
      expect(listed.filter(path => path.includes('still'))).toEqual([]);
    });

    it('fails where a single folder is too much', async () => {
      await start(files);
      simulator.faults.add({ endpoint: 'src', ...tooLong });
      await expect(search('**/catalog-info.yaml')).rejects.toMatchObject({
        status: 555,
      });
    });
  });

  it('finds nothing in a folder that is not there', async () => {
    const files = { 'README.md': 'Hello' };
    expect(await find(files, 'services/**/*.yaml')).toEqual([]);
  });

  it('passes on that the commit is not there', async () => {
    await start({ 'README.md': 'Hello' });
    await expect(
      findFiles(
        clientOf(simulator),
        ['acme', 'mono', '0'.repeat(40)],
        createPathGlob('*.yaml'),
        {},
      ),
    ).rejects.toMatchObject({ missing: 'ref' });
  });
});

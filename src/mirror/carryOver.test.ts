import { SimulatedFile } from '../../dev/simulator/world/file';
import { Changes } from '../../dev/simulator/world/tree';
import { startWorld, World } from '../../testing/workspace/startWorld';
import { createPathGlob, mergeGlobs } from '../lib/globs';
import { CommitFiles } from './CommitFiles';

const GLOB = createPathGlob('services/*/info.yaml');

/** What of a branch's files is still known when it has moved. */
describe('carryOver', () => {
  let world: World;

  beforeEach(async () => {
    world = await startWorld({
      mono: {
        'a.yaml': 'a: 1\n',
        'b.yaml': 'b: 1\n',
        'services/x/info.yaml': 'x: 1\n',
        'services/y/info.yaml': 'y: 1\n',
        'README.md': 'Hello\n',
      },
    });
  });

  async function open(): Promise<CommitFiles> {
    const repository = await world.client.getRepository('acme', 'mono');
    const files = await world.index.files.open(repository, 'main', {});
    return files!;
  }

  async function look(files: CommitFiles, path: string): Promise<string> {
    const file = await files.stat(path, {});
    return file.exists ? String(await files.read(path, file, {})) : 'no file';
  }

  const find = (files: CommitFiles) => files.find(GLOB, {});

  /** Asks for two files, one that is missing, and a glob. */
  async function askForAll(): Promise<void> {
    const files = await open();
    for (const path of ['a.yaml', 'b.yaml', 'missing.yaml']) {
      await look(files, path);
    }
    await find(files);
  }

  type Log = { files: CommitFiles; endpoints: string[] };

  /** Pushes, opens the new head, and returns which endpoints that requested. */
  async function push(changes: Changes, options = {}): Promise<Log> {
    world.acme.push('mono', changes, options);
    const before = world.simulator.requests.count() + 1;
    const files = await open();
    expect(files.commit).toBe(world.acme.repository('mono').head?.hash);
    const asked = world.simulator.requests.entries.slice(before);
    return { files, endpoints: asked.map(({ endpoint }) => endpoint) };
  }

  const cost = async (files: CommitFiles, ...paths: string[]) =>
    world.cost(async () => {
      for (const path of paths) {
        await look(files, path);
      }
    });

  it('costs one request and forgets nothing where no known file was touched', async () => {
    await askForAll();
    const { files, endpoints } = await push({
      'README.md': 'new',
      'c.txt': '',
    });
    expect(endpoints).toEqual(['diffstat']);
    expect(await cost(files, 'a.yaml', 'b.yaml', 'missing.yaml')).toBe(0);
    expect(await world.cost(() => find(files))).toBe(0);
    expect(await look(files, 'a.yaml')).toBe('a: 1\n');
    expect(await look(files, 'missing.yaml')).toBe('no file');
    expect(await find(files)).toEqual([
      'services/x/info.yaml',
      'services/y/info.yaml',
    ]);
  });

  it('costs nothing where nothing is known', async () => {
    await open();
    const { endpoints } = await push({ 'a.yaml': 'a: 2\n' });
    expect(endpoints).toEqual([]);
  });

  it('reads the file where only one is known', async () => {
    await look(await open(), 'a.yaml');
    const { files, endpoints } = await push({ 'a.yaml': 'a: 2\n' });
    expect(endpoints).toEqual(['src']);
    expect(await cost(files, 'a.yaml')).toBe(0);
    expect(await look(files, 'a.yaml')).toBe('a: 2\n');
  });

  it('compares with the head that was known, however many pushes ago', async () => {
    await askForAll();
    world.acme.push('mono', { 'a.yaml': 'a: 2\n' });
    world.acme.push('mono', { 'missing.yaml': 'here: 1\n' });
    const { files } = await push({ 'README.md': 'new' });
    expect(await look(files, 'a.yaml')).toBe('a: 2\n');
    expect(await look(files, 'missing.yaml')).toBe('here: 1\n');
  });

  describe('of single files', () => {
    beforeEach(askForAll);

    it('forgets a file that was touched', async () => {
      const { files, endpoints } = await push({ 'a.yaml': 'a: 2\n' });
      expect(endpoints).toEqual(['diffstat']);
      expect(await cost(files, 'b.yaml', 'missing.yaml')).toBe(0);
      expect(await look(files, 'a.yaml')).toBe('a: 2\n');
    });

    it('knows that a file was removed', async () => {
      const { files } = await push({ 'a.yaml': null });
      expect(await cost(files, 'a.yaml', 'b.yaml')).toBe(0);
      expect(await look(files, 'a.yaml')).toBe('no file');
    });

    it('knows that a file was moved away', async () => {
      const { files } = await push({ 'a.yaml': null, 'z.yaml': 'a: 1\n' });
      expect(await cost(files, 'a.yaml')).toBe(0);
      expect(await look(files, 'a.yaml')).toBe('no file');
    });

    it('forgets that one was missing that was added', async () => {
      const { files } = await push({ 'missing.yaml': 'here: 1\n' });
      expect(await look(files, 'missing.yaml')).toBe('here: 1\n');
    });

    it.each<[string, Changes]>([
      ['a link', { 'a.yaml': new SimulatedFile('b.yaml', ['link']) }],
      ['a folder', { 'a.yaml': null, 'a.yaml/x.txt': 'x' }],
    ])('takes one that became %s for none', async (_, changes) => {
      const { files } = await push(changes);
      expect(await look(files, 'a.yaml')).toBe('no file');
    });
  });

  describe('of what matches a glob', () => {
    beforeEach(askForAll);

    it('reads what was added, and nothing else', async () => {
      const { files, endpoints } = await push({
        'services/new/info.yaml': 'new: 1\n',
        'services/new/README.md': 'Hello\n',
        'services/new/deep/info.yaml': 'deep: 1\n',
      });
      expect(endpoints).toEqual(['diffstat', 'src']);
      expect(await cost(files, 'services/new/info.yaml')).toBe(0);
      expect(await world.cost(() => find(files))).toBe(0);
      expect(await find(files)).toEqual([
        'services/new/info.yaml',
        'services/x/info.yaml',
        'services/y/info.yaml',
      ]);
    });

    it('reads what was touched', async () => {
      const path = 'services/x/info.yaml';
      const { files, endpoints } = await push({ [path]: 'x: 2\n' });
      expect(endpoints).toEqual(['diffstat', 'src']);
      expect(await cost(files, path)).toBe(0);
      expect(await look(files, path)).toBe('x: 2\n');
      expect(await find(files)).toContain(path);
    });

    it.each<[string, Changes]>([
      ['was removed', { 'services/x/info.yaml': null }],
      ['was removed with its folder', { 'services/x': null }],
      [
        'became a link',
        {
          'services/x/info.yaml': new SimulatedFile('../y/info.yaml', ['link']),
        },
      ],
      [
        'became a folder',
        {
          'services/x/info.yaml': null,
          'services/x/info.yaml/README.md': 'Hello\n',
        },
      ],
      [
        'was moved elsewhere',
        { 'services/x/info.yaml': null, 'old/x.yaml': 'x: 1\n' },
      ],
    ])('leaves out what %s', async (_, changes) => {
      const { files } = await push(changes);
      expect(await find(files)).toEqual(['services/y/info.yaml']);
    });

    it('leaves out links and submodules that were added', async () => {
      const { files } = await push({
        'services/a/info.yaml': new SimulatedFile('../x/info.yaml', ['link']),
        'services/b/info.yaml': new SimulatedFile('c0ffee', ['subrepository']),
      });
      expect(await find(files)).toEqual([
        'services/x/info.yaml',
        'services/y/info.yaml',
      ]);
    });

    it('follows what was moved within', async () => {
      const { files } = await push({
        'services/x': null,
        'services/z/info.yaml': 'x: 1\n',
      });
      expect(await world.cost(() => find(files))).toBe(0);
      expect(await find(files)).toEqual([
        'services/y/info.yaml',
        'services/z/info.yaml',
      ]);
    });

    it('lists again where a look at each touched file would cost more', async () => {
      const paths = Array.from(
        { length: 21 },
        (_, index) => `services/s${index}/info.yaml`,
      );
      const changes = Object.fromEntries(paths.map(path => [path, 's: 1\n']));
      const { files, endpoints } = await push(changes);
      expect(endpoints).toEqual(['diffstat']);
      expect(await cost(files, 'a.yaml')).toBe(0);
      expect(await world.cost(() => find(files))).toBe(1);
      expect(await find(files)).toHaveLength(23);
    });
  });

  it('knows several globs that were asked as one', async () => {
    const both = mergeGlobs([
      createPathGlob('**/info.yaml'),
      createPathGlob('*/info.yml'),
    ]);
    await (await open()).find(both, {});
    const { files } = await push({
      'lib/info.yml': 'lib: 1\n',
      'deep/lib/info.yml': 'no: 1\n',
      'info.yaml': 'root: 1\n',
    });
    const again = () => files.find(both, {});
    expect(await world.cost(again)).toBe(0);
    expect(await again()).toEqual([
      'info.yaml',
      'lib/info.yml',
      'services/x/info.yaml',
      'services/y/info.yaml',
    ]);
  });

  describe('where nothing can be carried over', () => {
    beforeEach(askForAll);

    /** How much each pattern costs then. */
    async function costs({ files }: Log) {
      return {
        files: await cost(files, 'a.yaml', 'b.yaml'),
        glob: await world.cost(() => find(files)),
      };
    }

    it('looks everything up again if more than 500 files were touched', async () => {
      const changes = Array.from({ length: 501 }, (_, index) => [
        `docs/${index}.md`,
        'Hello',
      ]);
      const log = await push(Object.fromEntries(changes));
      expect(log.endpoints).toEqual(['diffstat']);
      expect(await costs(log)).toEqual({ files: 2, glob: 1 });
    });

    it.each([
      ['the old commit no longer exists', 404],
      ['Bitbucket takes too long to compare', 555],
      ['Bitbucket will not compare', 403],
    ])('looks everything up again where %s', async (_, status) => {
      const message = 'Commit not found';
      const endpoint = 'diffstat';
      world.simulator.faults.add({ endpoint, kind: 'status', status, message });
      const log = await push({ 'README.md': 'new' }, { force: true });
      expect(log.endpoints).toEqual(['diffstat']);
      expect(await costs(log)).toEqual({ files: 2, glob: 1 });
      expect(await look(log.files, 'a.yaml')).toBe('a: 1\n');
    });
  });

  it('carries over after a forced push where the old commit is still there', async () => {
    await askForAll();
    await push({ 'a.yaml': 'a: 2\n' });
    const { files, endpoints } = await push(
      { 'a.yaml': 'a: 3\n' },
      { force: true },
    );
    expect(endpoints).toEqual(['diffstat']);
    expect(await cost(files, 'b.yaml')).toBe(0);
    expect(await look(files, 'a.yaml')).toBe('a: 3\n');
  });

  it.each([
    ['is out of reach', 503],
    ['allows no more requests', 429],
    ['refuses the credential', 401],
  ])('forgets nothing while Bitbucket %s', async (_, status) => {
    await askForAll();
    const headers = { 'Retry-After': '1800' };
    const endpoint = 'diffstat';
    world.simulator.faults.add({ endpoint, kind: 'status', status, headers });
    await expect(push({ 'README.md': 'new' })).rejects.toThrow();
    world.simulator.faults.clear();
    world.timing.advance(1_800_000);
    const files = await open();
    expect(await cost(files, 'a.yaml', 'b.yaml', 'missing.yaml')).toBe(0);
    expect(await world.cost(() => find(files))).toBe(0);
  });
});

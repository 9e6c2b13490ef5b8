import { Files } from '../../dev/simulator/world/tree';
import { startWorld } from '../../testing/workspace/startWorld';
import { createPathGlob } from '../lib/globs';

const HOUR = 3_600_000;
const FOLDERS = 30;
const NOTE = { commit: '', folder: '' };
const GLOB = createPathGlob('**/catalog-info.yaml');

describe('a listing that takes more requests than an hour has', () => {
  const files: Files = { 'catalog-info.yaml': '', 'README.md': '' };
  for (let folder = 0; folder < FOLDERS; folder += 1) {
    files[`services/${folder}/a/catalog-info.yaml`] = '';
  }
  const paths = Object.keys(files)
    .filter(path => path.endsWith('.yaml'))
    .sort();

  async function setUp() {
    const world = await startWorld({ mono: files });
    const { simulator, client, timing, index } = world;
    simulator.faults.add({
      // Anything but a folder by itself, or what is below one of the services.
      path: /\/(src\/\w+|services)\/\?max_depth=(?!1&)/,
      kind: 'status',
      status: 555,
    });
    /** Lists with so many requests, after which Bitbucket takes no more for an hour. */
    async function find(most: number, by = index): Promise<string[] | string> {
      const repository = await client.getRepository('acme', 'mono');
      const open = await by.files.open(repository, 'main', {});
      const headers = { 'Retry-After': '3600' };
      const clearFault = simulator.faults.add({
        endpoint: 'src',
        path: '/services/',
        kind: 'status',
        status: 429,
        headers,
        skip: most,
      });
      try {
        return await open!.find(GLOB, {});
      } catch (error) {
        return Object(error).name;
      } finally {
        clearFault();
        timing.advance(2 * HOUR);
      }
    }
    const listed = () =>
      simulator.requests.entries
        .filter(({ endpoint, status }) => endpoint === 'src' && status === 200)
        .map(({ path }) => path);
    const rows = async () => {
      const knex = await index.open();
      return knex('bitbucket__folders').select('commit', 'folder');
    };
    return { ...world, find, listed, rows };
  }

  it('goes on where it stood, after a restart too, and leaves a note alone that it is made folder by folder', async () => {
    const { find, listed, restart, rows } = await setUp();
    // The fault of each pass struck after so many of the requests below services.
    expect(await find(12)).toBe('RateLimitedError');
    expect(await find(10)).toBe('RateLimitedError');
    expect(await rows()).not.toEqual([]);
    expect(await find(100, restart())).toEqual(paths);
    expect(await rows()).toEqual([NOTE]);
    expect(new Set(listed()).size).toBe(listed().length);
  });

  it('begins again where the commit has moved', async () => {
    const { acme, find, rows } = await setUp();
    expect(await find(12)).toBe('RateLimitedError');
    acme.push('mono', { 'services/0/a/catalog-info.yaml': null });
    expect(await find(100)).toEqual(
      paths.filter(path => path !== 'services/0/a/catalog-info.yaml'),
    );
    expect(await rows()).toEqual([NOTE]);
  });

  it('is kept when what is cached of a removed file is dropped, unless it was wrong itself', async () => {
    const { find, index, listed } = await setUp();
    await find(100);
    const before = listed().length;
    const name = { fullName: 'acme/mono', ref: 'main' };
    await index.files.forgetAbsent(name, { keepsCostly: true });
    expect(await find(100)).toEqual(paths);
    expect(listed()).toHaveLength(before);
    await index.files.forgetAbsent(name);
    expect(await find(100)).toEqual(paths);
    expect(listed().length).toBeGreaterThan(before);
  });

  it('writes nothing where one answer has all', async () => {
    const { find, rows, simulator } = await setUp();
    simulator.faults.clear();
    expect(await find(100)).toEqual(paths);
    expect(await rows()).toEqual([]);
  });
});

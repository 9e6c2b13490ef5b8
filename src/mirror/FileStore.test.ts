import { memoryDatabase } from '../../testing/workspace/memoryDatabase';
import { hashOf } from '../lib/text';
import { fileStores } from './FileStore';
import { IndexedFile } from './rows';

/** More than the values that a statement of SQLite takes. */
const MANY = 33_000;

describe('a repository of 33,000 catalog files', () => {
  it('is kept and read in batches', async () => {
    const knex = await memoryDatabase()();
    const { refs, files } = fileStores(knex, () => 0);
    const name = { fullName: 'acme/mono', ref: 'main' };
    const paths = Array.from({ length: MANY }, (_, index) => `${index}/a.yaml`);
    const known = new Map<string, IndexedFile>(
      paths.map(path => [path, { exists: true, hash: hashOf(path) }]),
    );
    const globResults = new Map([['**/a.yaml', paths]]);
    await refs.point(name, { commit: 'a', kind: 'branch' }, 0);
    await refs.point(name, { commit: 'b', kind: 'branch' }, 0, {
      files: known,
      globResults,
    });
    const [loaded] = (await files.load([name])).values();
    expect(loaded.files.size).toBe(MANY);
    expect(loaded.globResults).toEqual(globResults);
    expect(await files.globResult(name, 'b', '**/a.yaml')).toHaveLength(MANY);
  });
});

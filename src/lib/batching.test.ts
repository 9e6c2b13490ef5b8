import { batchReads, rowsByKey, batchWrites } from './batching';

describe.each([
  ['batchReads', batchReads],
  ['batchWrites', batchWrites],
])('%s', (_, inOneStatement) => {
  it('does at once what is wanted at the same moment, and nothing twice later', async () => {
    const all = jest.fn(async (wanted: readonly string[]) =>
      wanted.map(text => text.toUpperCase()),
    );
    const upper = inOneStatement(all);
    expect(await Promise.all([upper('a'), upper('b'), upper('a')])).toEqual([
      'A',
      'B',
      'A',
    ]);
    expect(await upper('a')).toBe('A');
    expect(all.mock.calls).toEqual([[['a', 'b', 'a']], [['a']]]);
  });

  it('does not exceed the parameters of a statement', async () => {
    const sizes: number[] = [];
    const same = inOneStatement(async (wanted: readonly number[]) => {
      sizes.push(wanted.length);
      return [...wanted];
    });
    const numbers = [...Array(250).keys()];
    expect(await Promise.all(numbers.map(same))).toEqual(numbers);
    expect(sizes).toEqual([100, 100, 50]);
  });

  it('lets a failure be known to all, and goes on', async () => {
    const all = jest
      .fn(async (wanted: readonly string[]) => [...wanted])
      .mockRejectedValueOnce(new Error('database is locked'));
    const same = inOneStatement(all);
    const failing = [same('a'), same('b')];
    for (const one of await Promise.allSettled(failing)) {
      expect(one).toMatchObject({ reason: { message: 'database is locked' } });
    }
    expect(await same('a')).toBe('a');
  });
});

it('writes together what comes within some milliseconds', async () => {
  const all = jest.fn(async (wanted: readonly string[]) => [...wanted]);
  const write = batchWrites(all);
  const first = write('a');
  await new Promise(setImmediate);
  expect(await Promise.all([first, write('b')])).toEqual(['a', 'b']);
  expect(all).toHaveBeenCalledTimes(1);
});

describe('rowsByKey', () => {
  it('gives the last row of each key, in the order of the keys', () => {
    const rows = ['b1', 'a1', 'b2'];
    expect(rowsByKey(rows, row => row[0])).toEqual(['a1', 'b2']);
  });
});

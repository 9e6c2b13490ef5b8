import { Measurement } from '../measure';
import { Fill } from '../phases';
import { Results } from '../run';
import { toTables } from './markdown';

const fill: Fill = {
  complete: true,
  components: 120,
  expected: 120,
  seconds: 6,
  cpuSeconds: 5,
  requests: 151,
  byPurpose: {
    listing: 2,
    updates: 0,
    head: 0,
    repository: 0,
    file: 149,
    search: 0,
  },
  refused: 0,
  growth: [],
};
const stock: Measurement = { fill, databaseBytes: 0, ownBytes: 0 };
const ours: Measurement = {
  ...stock,
  pullRequests: {
    made: 100,
    seen: 99,
    requests: 5,
    medianMs: 2_512,
    slowestMs: 9_870,
    cpuSeconds: 7.25,
  },
};

/** The lines of the one table. */
const rowsOf = (size: Results['sizes'][0]) =>
  toTables({ product: 'cloud', folder: '/tmp/bench', sizes: [size] })
    .split('\n')
    .filter(line => /^\| \w/.test(line))
    .map(line => line.slice(2, -2).split(' | '));

describe('toTables', () => {
  it('shows what 100 pull requests took, which the stock module does not check', () => {
    const rows = rowsOf({ size: 150, ours, stock });
    expect(rows.filter(([name]) => name.includes('pull requests'))).toEqual([
      [
        '100 pull requests at once: requests for each',
        '5, 99 of 100 seen',
        '–',
        '–',
      ],
      [
        '100 pull requests at once: milliseconds (slowest)',
        '2,512 (9,870), 99 of 100 seen',
        '–',
        '–',
      ],
      [
        '100 pull requests at once: CPU seconds',
        '7.25, 99 of 100 seen',
        '–',
        '–',
      ],
    ]);
  });

  it('leaves out what was not measured', () => {
    expect(rowsOf({ size: 150, ours: stock })).toEqual([
      ['first fill: requests', '151'],
      ['first fill: seconds', '6'],
      ['first fill: CPU seconds', '5'],
    ]);
  });
});

import { medianFill } from './fillsInTurn';
import { Fill } from './phases';

const fillOf = (seconds: number): Fill => ({
  complete: true,
  components: 120,
  expected: 120,
  seconds,
  cpuSeconds: seconds / 2,
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
});

it('takes the fill in the middle, with all that it took', () => {
  const fills = [9, 4, 6].map(fillOf);
  expect(medianFill(fills)).toBe(fills[2]);
  expect(medianFill([fills[0]])).toBe(fills[0]);
});

import { Purpose } from '../scm/types';
import { allowanceOf, HourState, PURPOSES, Spent } from './allowance';

const state = (limit: number, spent: Spent = {}, byOthers = 0): HourState => {
  const own = PURPOSES.reduce((sum, one) => sum + (spent[one] ?? 0), 0);
  return { limit, used: own + byOthers, spent };
};

const withPullRequests = (hour: HourState, pullRequests = 100): HourState => ({
  ...hour,
  pullRequests,
});

/** All that a purpose can send before it is refused. */
function drain(purpose: Purpose, { limit, used, spent }: HourState): HourState {
  const count = allowanceOf(purpose, { limit, used, spent });
  return {
    limit,
    used: used + count,
    spent: { ...spent, [purpose]: (spent[purpose] ?? 0) + count },
  };
}

describe('allowanceOf', () => {
  it.each<[number, Record<Purpose, number>]>([
    [
      1000,
      {
        walk: 800,
        read: 760,
        interactive: 780,
        delivery: 760,
        'pull-request': 0,
        recheck: 500,
      },
    ],
    [
      60,
      {
        walk: 48,
        read: 47,
        interactive: 48,
        delivery: 47,
        'pull-request': 0,
        recheck: 30,
      },
    ],
    [
      45,
      {
        walk: 36,
        read: 36,
        interactive: 37,
        delivery: 36,
        'pull-request': 0,
        recheck: 22,
      },
    ],
    [
      10,
      {
        walk: 8,
        read: 9,
        interactive: 9,
        delivery: 9,
        'pull-request': 0,
        recheck: 5,
      },
    ],
    [
      1,
      {
        walk: 1,
        read: 1,
        interactive: 1,
        delivery: 1,
        'pull-request': 0,
        recheck: 1,
      },
    ],
  ])(
    'lets a purpose that is alone borrow most of %i requests',
    (limit, expected) => {
      const actual = Object.fromEntries(
        PURPOSES.map(purpose => [purpose, allowanceOf(purpose, state(limit))]),
      );
      expect(actual).toEqual(expected);
    },
  );

  it.each<[string, Purpose, HourState, number]>([
    ['a walk after a walk', 'walk', state(1000, { walk: 800 }), 0],
    ['a read after a walk', 'read', state(1000, { walk: 800 }), 60],
    ['an analysis after a walk', 'interactive', state(1000, { walk: 800 }), 80],
    ['a delivery after a walk', 'delivery', state(1000, { walk: 800 }), 60],
    ['a walk after reads', 'walk', state(1000, { read: 760 }), 100],
    ['a walk after 50 reads', 'walk', state(1000, { read: 50 }), 750],
    [
      'a walk after an analysis of 1,200 files',
      'walk',
      state(1000, { interactive: 780 }),
      100,
    ],
    [
      'a read after 1,200 deliveries',
      'read',
      state(1000, { delivery: 760 }),
      60,
    ],
    ['a re-check of the first half', 'recheck', state(1000, { walk: 499 }), 1],
    ['a re-check of the second half', 'recheck', state(1000, { walk: 500 }), 0],
    ['a pull request', 'pull-request', withPullRequests(state(1000)), 100],
    [
      'a pull request after 99 requests of them',
      'pull-request',
      withPullRequests(state(1000, { 'pull-request': 99 })),
      1,
    ],
    [
      'a pull request after 100 requests of them',
      'pull-request',
      withPullRequests(state(1000, { 'pull-request': 100 })),
      0,
    ],
    [
      'a pull request after a walk',
      'pull-request',
      withPullRequests(state(1000, { walk: 800 })),
      100,
    ],
    [
      'a pull request after a walk, where few are to be used for them',
      'pull-request',
      withPullRequests(state(1000, { walk: 800 }), 20),
      20,
    ],
    [
      'a read after all other purposes',
      'read',
      withPullRequests(state(1000, { walk: 740, 'pull-request': 100 })),
      60,
    ],
    ['a walk, where others sent 900', 'walk', state(1000, {}, 900), 10],
    [
      'an analysis, where others sent 900',
      'interactive',
      state(1000, {}, 900),
      78,
    ],
    [
      'a read, where others sent more than was left',
      'read',
      state(1000, { read: 300 }, 900),
      0,
    ],
    ['the last request', 'read', state(45, { walk: 44 }), 1],
    ['more than the last request', 'read', state(45, { walk: 45 }), 0],
  ])('grants %s what is left to it', (_, purpose, hour, expected) => {
    expect(allowanceOf(purpose, hour)).toBe(expected);
  });

  it.each([1000, 300, 60])(
    'leaves each purpose its share of %i requests, whatever the others did before',
    limit => {
      const guaranteed = { walk: 10, read: 6, interactive: 8, delivery: 6 };
      for (const greedy of PURPOSES) {
        for (const second of PURPOSES) {
          const hour = drain(second, drain(greedy, state(limit)));
          for (const [purpose, percent] of Object.entries(guaranteed)) {
            const spent = hour.spent[purpose as Purpose] ?? 0;
            expect(
              spent + allowanceOf(purpose as Purpose, hour),
            ).toBeGreaterThanOrEqual(Math.floor((limit * percent) / 100));
          }
        }
      }
    },
  );
});

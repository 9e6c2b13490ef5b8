import { BusyRepositories } from './busyRepositories';

/** Seconds from the start, and what happens: a 503 of a repository or of a list, or a good answer. */
type Step = [seconds: number, what: string];

/** Which of some 503s are taken for the host's. */
function takenForHost(steps: Step[]): string[] {
  const busy = new BusyRepositories();
  const begin = Date.parse('2026-11-27T12:00:00Z');
  return steps.flatMap(([seconds, what]) => {
    if (what === 'good') {
      busy.answered();
      return [];
    }
    const repository = what === 'list' ? undefined : what;
    const isOfHost = busy.isOfHost(repository, begin + seconds * 1_000);
    if (isOfHost) {
      busy.hostRefused();
    }
    return isOfHost ? [what] : [];
  });
}

const many = (length: number) => Array.from({ length }, (_, index) => index);

describe('BusyRepositories', () => {
  it.each<[string, Step[], string[]]>([
    ['one repository that answers 503', [[0, 'a']], []],
    [
      'one that answers 503 time and again',
      many(50).map(index => [index, 'a']),
      [],
    ],
    [
      'one that answers 503 to some requests only',
      many(50).map(index => [index, index % 2 ? 'good' : 'a']),
      [],
    ],
    ['a request to no repository', [[0, 'list']], ['list']],
    [
      'two repositories at once',
      [
        [0, 'a'],
        [1, 'b'],
      ],
      ['b'],
    ],
    [
      'two repositories one long after the other',
      [
        [0, 'a'],
        [60, 'b'],
      ],
      [],
    ],
    [
      'two that answer 503 time and again, while others answer well',
      [
        [0, 'a'],
        [1, 'b'],
        ...many(20).flatMap((index): Step[] => [
          [3 * index + 2, 'good'],
          [3 * index + 3, 'a'],
          [3 * index + 4, 'b'],
        ]),
      ],
      ['b'],
    ],
    [
      'all repositories, one after the other',
      [
        [0, 'a'],
        [1, 'b'],
        [3, 'a'],
        [5, 'b'],
        [7, 'c'],
      ],
      ['b', 'a', 'b', 'c'],
    ],
    [
      'some of many repositories, as under load',
      [
        [0, 'a'],
        [0, 'good'],
        [1, 'b'],
        [3, 'good'],
        [4, 'c'],
        [5, 'good'],
      ],
      ['b', 'c'],
    ],
    [
      'the same two again after a day',
      [
        [0, 'a'],
        [1, 'b'],
        [2, 'good'],
        [86_402, 'a'],
        [86_403, 'b'],
      ],
      ['b', 'b'],
    ],
    [
      'two, the clock being set back in between',
      [
        [3_600, 'a'],
        [0, 'b'],
      ],
      [],
    ],
  ])('takes these for the host: %s', (_, steps, expected) => {
    expect(takenForHost(steps)).toEqual(expected);
  });
});

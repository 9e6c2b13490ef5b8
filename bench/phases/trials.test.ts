import { spread, summarizeTrials } from './trials';

describe('summarizeTrials', () => {
  it('gives the median, the slowest, and the average requests of the trials that were seen', () => {
    const trials = [
      { ms: 900, requests: 2 },
      undefined,
      { ms: 1_900, requests: 3 },
      { ms: 1_200, requests: 2 },
      { ms: 1_000, requests: 3 },
    ];
    expect(summarizeTrials(trials)).toEqual({
      made: 5,
      seen: 4,
      requests: 2.5,
      medianMs: 1_000,
      slowestMs: 1_900,
    });
  });

  it('gives no times where nothing was seen', () => {
    expect(summarizeTrials([undefined])).toMatchObject({ made: 1, seen: 0 });
  });
});

describe('spread', () => {
  it('takes names from all over the list', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    expect([0, 1, 2].map(index => spread(names, index, 3))).toEqual([
      'b',
      'd',
      'f',
    ]);
  });
});

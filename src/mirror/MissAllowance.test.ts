import {
  Asked,
  countAgain,
  isDue,
  MISS_LIMITS,
  MissAllowance,
  MissKind,
  refill,
  waitAfter,
} from './MissAllowance';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('MissAllowance', () => {
  it.each<[MissKind, number, number]>([
    ['person', 0, 0],
    ['person', 9, 0],
    ['person', 10, MINUTE],
    ['person', 12, 4 * MINUTE],
    ['person', 100, 10 * MINUTE],
    ['reference', 2, 0],
    ['reference', 3, 15 * MINUTE],
    ['location', 0, 0],
    ['location', 1, 15 * MINUTE],
    ['brokenLocation', 1, 15 * MINUTE],
    ['brokenLocation', 3, HOUR],
    ['brokenLocation', 1_000, DAY],
  ])('lets a %s wait after %d requests for %d ms', (kind, count, wait) => {
    expect(waitAfter(MISS_LIMITS[kind], count)).toBe(wait);
  });

  it.each<[string, Asked | undefined, number, boolean]>([
    ['was never asked about', undefined, 0, true],
    ['waits', { count: 1, at: DAY }, DAY + 14 * MINUTE, false],
    ['has waited', { count: 1, at: DAY }, DAY + 15 * MINUTE, true],
    ['was asked about at a time to come', { count: 1, at: DAY }, 0, true],
  ])('knows whether a URL is due that %s', (_, asked, now, expected) => {
    expect(isDue(MISS_LIMITS.brokenLocation, asked, now)).toBe(expected);
  });

  it.each<[string, Asked | undefined, number, number]>([
    ['one that is new', undefined, 0, 1],
    ['one of a day ago', { count: 7, at: 0 }, DAY, 8],
    ['one of two days ago', { count: 7, at: 0 }, 2 * DAY, 1],
  ])('counts the requests about a URL: %s', (_, asked, now, count) => {
    expect(countAgain(MISS_LIMITS.brokenLocation, asked, now)).toEqual({
      count,
      at: now,
    });
  });

  it.each([
    ['at first', undefined, 0, 4],
    ['after a quarter of an hour', { tokens: 0, at: 0 }, 15 * MINUTE, 1],
    ['after a day', { tokens: 0, at: 0 }, DAY, 4],
    ['after the clock was set back', { tokens: 2, at: DAY }, 0, 2],
  ])('earns requests by the hour: %s', (_, left, now, tokens) => {
    expect(refill(MISS_LIMITS.brokenLocation, left, now)).toEqual({
      tokens,
      at: now,
    });
  });

  /** How many requests some URLs are granted that are read again and again. */
  function grant(
    kind: MissKind,
    options: { urls: number; everyMs: number; forMs: number; from?: number },
  ): number {
    const { urls, everyMs, forMs, from = 0 } = options;
    let now = 0;
    const allowance = new MissAllowance({ isAnonymous: false, now: () => now });
    let granted = 0;
    for (now = 0; now < from + forMs; now += everyMs) {
      for (let url = 0; url < urls; url += 1) {
        const isGranted = allowance.take(kind, `url ${url}`);
        granted += isGranted && now >= from ? 1 : 0;
      }
    }
    return granted;
  }

  it.each<[MissKind, string, Parameters<typeof grant>[1], number]>([
    [
      'brokenLocation',
      '100 URLs in a round',
      { urls: 100, everyMs: 2 * MINUTE, forMs: MINUTE },
      4,
    ],
    [
      'brokenLocation',
      '100 URLs in an hour',
      { urls: 100, everyMs: 2 * MINUTE, forMs: HOUR, from: HOUR },
      4,
    ],
    [
      'brokenLocation',
      'one URL in its second day',
      { urls: 1, everyMs: 2 * MINUTE, forMs: DAY, from: 2 * DAY },
      1,
    ],
    [
      'location',
      '100 URLs in a round',
      { urls: 100, everyMs: 2 * MINUTE, forMs: MINUTE },
      20,
    ],
    [
      'reference',
      'one URL in an hour',
      { urls: 1, everyMs: 2 * MINUTE, forMs: HOUR },
      5,
    ],
    [
      'person',
      'a URL that is tried every five seconds',
      { urls: 1, everyMs: 5 * SECOND, forMs: 50 * SECOND },
      10,
    ],
  ])('grants a %s so much: %s', (kind, _, options, expected) => {
    expect(grant(kind, options)).toBe(expected);
  });

  it('leaves people theirs when broken locations have used up theirs', () => {
    const allowance = new MissAllowance({ isAnonymous: false, now: () => 0 });
    for (let url = 0; url < 100; url += 1) {
      allowance.take('brokenLocation', `url ${url}`);
      allowance.take('location', `url ${url}`);
      allowance.take('reference', `url ${url}`);
    }
    expect(allowance.take('person', 'url')).toBe(true);
  });

  it('grants less without a credential, and one at least', () => {
    const allowance = new MissAllowance({ isAnonymous: true, now: () => 0 });
    const granted = (kind: MissKind) =>
      Array.from({ length: 100 }, (_, url) =>
        allowance.take(kind, `url ${url}`),
      ).filter(Boolean).length;
    expect(granted('person')).toBe(4);
    expect(granted('brokenLocation')).toBe(1);
  });

  it('takes a URL that was found for a new one', () => {
    const allowance = new MissAllowance({ isAnonymous: false, now: () => 0 });
    expect(allowance.take('location', 'url')).toBe(true);
    expect(allowance.take('location', 'url')).toBe(false);
    allowance.found('location', 'url');
    expect(allowance.take('location', 'url')).toBe(true);
  });
});

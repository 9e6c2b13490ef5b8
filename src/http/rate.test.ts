import { lowered, raised, Rate, UNLIMITED } from './rate';

const MINUTE = 60_000;

const rate = (perSecond: number, since = 0, quietMs = MINUTE): Rate => ({
  perSecond,
  since,
  quietMs,
});

describe('lowered', () => {
  it.each([
    ['the first time', UNLIMITED, 0, rate(5, 0)],
    ['again soon', rate(5, 0), MINUTE, rate(2.5, MINUTE, 2 * MINUTE)],
    ['from a rate above 10', rate(40, 0), MINUTE, rate(5, MINUTE, 2 * MINUTE)],
    [
      'as soon as it was unlimited',
      rate(Infinity, 0, 4 * MINUTE),
      1,
      rate(5, 1, 8 * MINUTE),
    ],
    ['a day later', rate(Infinity, 0, 8 * MINUTE), 9e7, rate(5, 9e7)],
    ['to the lowest', rate(0.5), 1, rate(0.5, 1, 2 * MINUTE)],
    ['many times', rate(0.5, 0, 16 * MINUTE), 1, rate(0.5, 1, 16 * MINUTE)],
  ])('%s', (_, before, now, after) => {
    expect(lowered(before, now)).toEqual(after);
  });
});

describe('raised', () => {
  it.each([
    ['not before it was quiet', rate(5), MINUTE - 1, 5],
    ['one step', rate(5), MINUTE, 10],
    ['two steps', rate(2.5), 2 * MINUTE, 10],
    ['until there is no limit', rate(5), 4 * MINUTE, Infinity],
    ['by nothing without a limit', UNLIMITED, 0, Infinity],
    ['by nothing where the clock was set back', rate(5, MINUTE), 0, 5],
  ])('%s', (_, before, now, perSecond) => {
    expect(raised(before, now).perSecond).toBe(perSecond);
  });
});

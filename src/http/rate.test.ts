import { Headers } from 'node-fetch';
import { lowered, raised, Rate, readGrantedRate, UNLIMITED } from './rate';

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

  it.each([
    ['the first time', UNLIMITED, 20, 20],
    ['to no more than that', rate(40), 8, 8],
    ['below it if that is refused too', rate(8), 8, 4],
    ['to less than the lowest', rate(0.2), 0.2, 0.2],
  ])('to what is granted, %s', (_, before, granted, perSecond) => {
    expect(lowered(before, 1, granted).perSecond).toBe(perSecond);
  });
});

describe('readGrantedRate', () => {
  it.each([
    ['what is said', '20', '1', 20],
    ['what is said of a longer interval', '10', '60', 1 / 6],
    ['no less than makes sense', '1', '3600', 0.1],
    ['no more than is taken for no limit', '1000', '1', 40],
    ['nothing without an interval', '20', undefined, undefined],
    ['nothing without a number of tokens', undefined, '1', undefined],
    ['nothing of what is no number', 'many', '1', undefined],
    ['nothing of no time', '20', '0', undefined],
    ['nothing of no tokens', '0', '1', undefined],
  ])('reads %s', (_, tokens, seconds, expected) => {
    const headers = new Headers({
      ...(tokens && { 'X-RateLimit-FillRate': tokens }),
      ...(seconds && { 'X-RateLimit-Interval-Seconds': seconds }),
    });
    expect(readGrantedRate(headers)).toBe(expected);
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

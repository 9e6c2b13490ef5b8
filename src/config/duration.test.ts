import { ConfigValue, Problem } from './schema';
import { duration } from './units';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const HINT = "Write for example '1 hour'.";

const parse = duration('fullWalk', "'1 hour'");

describe('duration', () => {
  it.each<[string, ConfigValue, number]>([
    ['text', '2 minutes', 120 * SECOND],
    ['short text', '90s', 90 * SECOND],
    ['an ISO duration', 'PT1H30M', 1.5 * HOUR],
    ['a map', { minutes: 2 }, 120 * SECOND],
    ['a map of several units', { hours: 1, seconds: 1 }, HOUR + SECOND],
    ['a map of texts', { seconds: '5' }, 5 * SECOND],
    ['part of a unit', { hours: 0.5 }, HOUR / 2],
    ['weeks and days', { weeks: 1, days: 1 }, 8 * 24 * HOUR],
    ['months and years', { years: 1, months: 1 }, 395 * 24 * HOUR],
    ['the shortest', { milliseconds: 1 }, 1],
  ])('takes %s', (_, value, milliseconds) => {
    expect(parse(value)).toBe(milliseconds);
  });

  it.each<[string, ConfigValue]>([
    ['zero', { minutes: 0 }],
    ['zero as text', '0s'],
    ['zero in ISO', 'PT0S'],
    ['a negative', { minutes: -2 }],
  ])('refuses %s', (_, value) => {
    expect(() => parse(value)).toThrow(
      new Problem(`must be longer than zero. ${HINT}`),
    );
  });

  it.each<[string, ConfigValue, string]>([
    ['a number', 120, 'a number'],
    ['a list', ['2 minutes'], 'a list'],
    ['a boolean', true, 'true or false'],
    ['nothing', null, 'empty'],
  ])('refuses %s', (_, value, type) => {
    expect(() => parse(value)).toThrow(
      new Problem(`must be a duration, but is ${type}. ${HINT}`),
    );
  });

  it.each<[string, ConfigValue, string]>([
    ['a number as text', '120', 'The value cannot be a plain number'],
    ['an unknown unit', '5 parsecs', "Invalid duration '5 parsecs'"],
    ['a negative text', '-5 minutes', 'Negative durations are not allowed'],
    ['an unknown key', { minute: 1 }, "one or more of 'years', 'months'"],
    [
      'an unknown key beside others',
      { hours: 1, x: 1 },
      "Unknown property 'x'",
    ],
    ['an empty map', {}, 'Needs one or more of'],
  ])('refuses %s, with the words of Backstage', (_, value, reason) => {
    expect(() => parse(value)).toThrow(`cannot be read. ${HINT} (`);
    expect(() => parse(value)).toThrow(reason);
    expect(() => parse(value)).toThrow("'fullWalk'");
  });

  it('refuses blank text', () => {
    expect(() => parse(' ')).toThrow('is blank.');
  });
});

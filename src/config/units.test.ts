import { ConfigValue, Problem } from './schema';
import { duration, parseFileSize, sizeInWords } from './units';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DURATION_HINT = "Write for example '1 hour'.";

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
      new Problem(`must be longer than zero. ${DURATION_HINT}`),
    );
  });

  it.each<[string, ConfigValue, string]>([
    ['a number', 120, 'a number'],
    ['a list', ['2 minutes'], 'a list'],
    ['a boolean', true, 'true or false'],
    ['nothing', null, 'empty'],
  ])('refuses %s', (_, value, type) => {
    expect(() => parse(value)).toThrow(
      new Problem(`must be a duration, but is ${type}. ${DURATION_HINT}`),
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
    expect(() => parse(value)).toThrow(`cannot be read. ${DURATION_HINT} (`);
    expect(() => parse(value)).toThrow(reason);
    expect(() => parse(value)).toThrow("'fullWalk'");
  });

  it('refuses blank text', () => {
    expect(() => parse(' ')).toThrow('is blank.');
  });
});

const SIZE_HINT = 'Write for example 512kb, 2mb or a number of bytes.';

describe('parseFileSize', () => {
  it.each<[string, ConfigValue, number]>([
    ['a number of bytes', 2048, 2048],
    ['a number of an environment variable, which is text', '2048', 2048],
    ['kilobytes, of 1,024 bytes', '512kb', 524_288],
    ['megabytes', '2mb', 2_097_152],
    ['capitals and spaces', ' 2 MB ', 2_097_152],
    ['part of a unit', '1.5mb', 1_572_864],
    ['bytes by their name', '4096b', 4096],
    ['the smallest', '1kb', 1024],
    ['the largest', '32mb', 33_554_432],
  ])('takes %s', (_, value, bytes) => {
    expect(parseFileSize(value)).toBe(bytes);
  });

  it.each<[string, ConfigValue, string]>([
    ['a list', ['1mb'], 'a list'],
    ['a map', { megabytes: 1 }, 'a map'],
    ['a boolean', true, 'true or false'],
    ['nothing', null, 'empty'],
  ])('refuses %s', (_, value, type) => {
    expect(() => parseFileSize(value)).toThrow(
      new Problem(`must be a size, but is ${type}. ${SIZE_HINT}`),
    );
  });

  it.each<[string, ConfigValue]>([
    ['a unit that is not known', '1 MiB'],
    ['a unit that is too large', '1gb'],
    ['words', 'a lot'],
    ['a negative', '-2mb'],
    ['a number with something behind it', '2048 or so'],
    ['part of a byte', 2048.5],
    ['no number', NaN],
  ])('refuses %s', (_, value) => {
    expect(() => parseFileSize(value)).toThrow(
      new Problem(`cannot be read as a size: '${value}'. ${SIZE_HINT}`),
    );
  });

  it.each<[string, ConfigValue]>([
    ['less than 1 KiB', 1023],
    ['nothing at all', '0'],
    ['a negative number', -1],
    ['more than 32 MiB', '33mb'],
    ['more bytes than 32 MiB', 33_554_433],
  ])('refuses %s', (_, value) => {
    expect(() => parseFileSize(value)).toThrow(
      new Problem(
        `must be from 1kb to 32mb, since files are read into memory, but is ${value}.`,
      ),
    );
  });

  it('refuses blank text', () => {
    expect(() => parseFileSize(' ')).toThrow('is blank.');
  });
});

describe('sizeInWords', () => {
  it.each([
    [1024, '1 KiB'],
    [1_048_576, '1 MiB'],
    [1_048_577, '1.1 MiB'],
    [1_572_864, '1.5 MiB'],
    [20_971_520, '20 MiB'],
  ])('says %d', (size, words) => {
    expect(sizeInWords(size)).toBe(words);
  });
});

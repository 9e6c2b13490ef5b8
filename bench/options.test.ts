import { OptionsError, parseOptions, PHASES } from './options';

describe('parseOptions', () => {
  it('measures this module with all sizes by default', () => {
    expect(parseOptions([])).toEqual({
      help: false,
      sizes: [150, 1_500, 15_000],
      compare: false,
      compareUpTo: Infinity,
      postgresUpTo: 1_500,
      restMinutes: 0,
      limitedMinutes: undefined,
      phases: new Set(PHASES),
      isWhole: true,
      product: 'cloud',
    });
  });

  it('measures Bitbucket Data Center with --data-center', () => {
    expect(parseOptions(['--data-center'])).toMatchObject({
      product: 'data-center',
    });
  });

  it('measures only the phases that are named', () => {
    expect(parseOptions(['--only', 'pull-requests, idle-hour'])).toMatchObject({
      phases: new Set(['pull-requests', 'idle-hour']),
      isWhole: false,
    });
  });

  it('takes sizes, and compares', () => {
    expect(parseOptions(['--sizes', '150, 1500', '--compare'])).toMatchObject({
      sizes: [150, 1_500],
      compare: true,
    });
  });

  it('watches first fills under a limit', () => {
    expect(parseOptions(['--limited-minutes=130'])).toMatchObject({
      limitedMinutes: 130,
    });
  });

  it('measures a catalog at rest', () => {
    expect(parseOptions(['--rest-minutes', '3'])).toMatchObject({
      restMinutes: 3,
    });
    expect(() => parseOptions(['--rest-minutes', '0'])).toThrow(
      '--rest-minutes: "0" is not a number above 0.',
    );
  });

  it('compares up to a size', () => {
    expect(parseOptions(['--compare-up-to', '1500'])).toMatchObject({
      compare: true,
      compareUpTo: 1_500,
    });
  });

  it('takes no PostgreSQL where none is wanted', () => {
    expect(parseOptions(['--postgres-up-to', '0'])).toMatchObject({
      postgresUpTo: 0,
    });
  });

  it.each([
    [['--postgres-up-to', '5'], '"5" is not a number of repositories'],
    [['--sizes', '150,many'], '"many" is not a number'],
    [['--sizes', '5'], '"5" is not a number of repositories from 10'],
    [['--limited-minutes', '0'], '--limited-minutes: "0" is not'],
    [['--only', 'merges'], '--only: "merges" is not one of first-fill, '],
    [['--only', ''], '--only: "" is not one of first-fill, '],
    [['--only', 'pushes', '--limited-minutes', '5'], 'Leave out --only.'],
    [['--size', '5'], "Unknown option '--size'"],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(OptionsError);
    expect(() => parseOptions(args)).toThrow(message);
  });
});

import { OptionsError, parseOptions } from './options';

describe('parseOptions', () => {
  it('measures this module with all sizes unless told otherwise', () => {
    expect(parseOptions([])).toEqual({
      help: false,
      sizes: [150, 1_500, 15_000],
      compare: false,
      limitedMinutes: 1,
    });
  });

  it('takes sizes, and compares', () => {
    expect(
      parseOptions([
        '--sizes',
        '150, 1500',
        '--compare',
        '--limited-minutes=130',
      ]),
    ).toMatchObject({
      sizes: [150, 1_500],
      compare: true,
      limitedMinutes: 130,
    });
  });

  it.each([
    [['--sizes', '150,many'], '--sizes: "many" is not a number'],
    [['--sizes', '5'], '--sizes: "5" is not a number from 10'],
    [['--limited-minutes', '0'], '--limited-minutes: "0" is not'],
    [['--size', '5'], "Unknown option '--size'"],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(OptionsError);
    expect(() => parseOptions(args)).toThrow(message);
  });
});

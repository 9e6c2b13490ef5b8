import { OptionsError, parseOptions } from './options';

describe('parseOptions', () => {
  it('shakes 2,000 repositories for ten minutes', () => {
    expect(parseOptions([], 7)).toEqual({
      help: false,
      seed: 7,
      minutes: 10,
      repositories: 2_000,
      database: 'sqlite',
    });
  });

  it('repeats an earlier run', () => {
    const args = '--seed 42 --minutes 1 --repositories 100 --database postgres';
    expect(parseOptions(args.split(' '), 7)).toEqual({
      help: false,
      seed: 42,
      minutes: 1,
      repositories: 100,
      database: 'postgres',
    });
  });

  it.each([
    [['--seed', 'x'], '--seed: "x" is not a whole number from 0.'],
    [['--repositories', '3'], '"3" is not a whole number from 20.'],
    [['--database', 'oracle'], 'write sqlite or postgres, not "oracle"'],
    [['--colour'], "Unknown option '--colour'"],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args, 7)).toThrow(OptionsError);
    expect(() => parseOptions(args, 7)).toThrow(message);
  });
});

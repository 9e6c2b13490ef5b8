import { OptionsError, parseOptions } from './options';

const USUAL = {
  incremental: false,
  dataCenter: false,
  seeds: undefined,
  steps: 150,
  without: [],
};

describe('parseOptions', () => {
  it('shakes 2,000 repositories for ten minutes', () => {
    expect(parseOptions([], 7)).toEqual({
      help: false,
      seed: 7,
      minutes: 10,
      repositories: 2_000,
      database: 'sqlite',
      ...USUAL,
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
      ...USUAL,
    });
  });

  it('shakes small workspaces with incremental walks', () => {
    const args =
      '--incremental --seeds 20 --steps 50 --without transfer,rename';
    expect(parseOptions(args.split(' '), 7)).toEqual({
      help: false,
      seed: 7,
      minutes: 10,
      repositories: 10,
      database: 'sqlite',
      incremental: true,
      dataCenter: false,
      seeds: 20,
      steps: 50,
      without: ['transfer', 'rename'],
    });
  });

  it('shakes an instance of Bitbucket Data Center in the same way', () => {
    expect(parseOptions(['--data-center', '--steps', '50'], 7)).toMatchObject({
      repositories: 10,
      incremental: true,
      dataCenter: true,
      steps: 50,
    });
  });

  it.each([
    [['--seed', 'x'], '--seed: "x" is not a whole number from 0.'],
    [['--repositories', '3'], '"3" is not a whole number from 20.'],
    [['--incremental', '--seeds', '0'], '--seeds: "0" is not a whole number'],
    [['--database', 'oracle'], 'write sqlite or postgres, not "oracle"'],
    [['--colour'], "Unknown option '--colour'"],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args, 7)).toThrow(OptionsError);
    expect(() => parseOptions(args, 7)).toThrow(message);
  });
});

import { parseArgs } from 'node:util';

export type SoakOptions = {
  help: boolean;
  /** What everything random follows from. */
  seed: number;
  /** How long the workspace is shaken, after the catalog was filled. */
  minutes: number;
  /** How many repositories there are at the start. */
  repositories: number;
  database: 'sqlite' | 'postgres';
  /** The second soak; the others are its options. */
  incremental: boolean;
  /** The same soak, with Bitbucket Data Center. */
  dataCenter: boolean;
  /** How many seeds there are, from the first one on. Default: for some minutes. */
  seeds?: number;
  /** How many steps each seed has. */
  steps: number;
  /** Kinds of steps that are left out, or how their names begin. */
  without: string[];
};

/** Something on the command line cannot be understood. */
export class OptionsError extends Error {
  override name = 'OptionsError';
}

export const USAGE = `Shakes a simulated workspace and the backend that is filled from it, and compares
the catalog with the workspace whenever they have come to rest.

npm run soak -- [options]

  --seed <number>           repeats an earlier run, operation by operation
                            (default: a new one, which is shown)
  --minutes <number>        how long it takes (default: 10)
  --repositories <number>   how many there are at the start, from 20 (default: 2000)
  --database <name>         sqlite or postgres (default: sqlite)
  --help                    shows this

npm run soak -- --incremental [options]

Uses small workspaces, two providers and incremental walks, and adds single wrong
responses, moved files, transfers, and providers that are removed and restored.

  --seed <number>           the first seed (default: a new one)
  --seeds <number>          how many seeds there are (default: for some minutes)
  --steps <number>          how many steps each seed has (default: 150)
  --minutes <number>        how long it takes without --seeds (default: 10)
  --repositories <number>   how many there are at the start, from 4 (default: 10)
  --without <kinds>         leaves out kinds of steps whose names begin like this,
                            such as "wrong response,transfer"

npm run soak -- --data-center [options]

The same with an instance of Bitbucket Data Center, where it adds archived
repositories, personal projects, failures, and projects out of sight.
`;

/**
 * @param newSeed - where the command line names none
 * @throws OptionsError that names the option
 */
export function parseOptions(args: string[], newSeed: number): SoakOptions {
  const { help, seed, minutes, seeds, steps, without, ...others } = parse(args);
  const { database } = others;
  const dataCenter = others['data-center'];
  const incremental = others.incremental || dataCenter;
  const [usual, least] = incremental ? [10, 4] : [2_000, 20];
  const { repositories = String(usual) } = others;
  return {
    help,
    seed: seed === undefined ? newSeed : parseNumber('--seed', seed, 0),
    minutes: parseNumber('--minutes', minutes, 0),
    repositories: parseNumber('--repositories', repositories, least),
    database: parseDatabase(database),
    incremental,
    dataCenter,
    seeds: seeds === undefined ? undefined : parseNumber('--seeds', seeds, 1),
    steps: parseNumber('--steps', steps, 1),
    without: without.split(',').filter(Boolean),
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        help: { type: 'boolean', default: false },
        seed: { type: 'string' },
        minutes: { type: 'string', default: '10' },
        repositories: { type: 'string' },
        database: { type: 'string', default: 'sqlite' },
        incremental: { type: 'boolean', default: false },
        'data-center': { type: 'boolean', default: false },
        seeds: { type: 'string' },
        steps: { type: 'string', default: '150' },
        without: { type: 'string', default: '' },
      },
    }).values;
  } catch (error) {
    throw new OptionsError(
      `${error instanceof Error ? error.message : error}\n\n${USAGE}`,
    );
  }
}

function parseNumber(option: string, text: string, least: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least) {
    throw new OptionsError(
      `${option}: "${text}" is not a whole number from ${least}.`,
    );
  }
  return number;
}

function parseDatabase(text: string): 'sqlite' | 'postgres' {
  if (text === 'sqlite' || text === 'postgres') {
    return text;
  }
  throw new OptionsError(
    `--database: write sqlite or postgres, not "${text}".`,
  );
}

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
};

/** Something on the command line cannot be understood. */
export class OptionsError extends Error {
  override name = 'OptionsError';
}

export const USAGE = `Shakes a simulated workspace and the backend that is filled from it, and compares
the catalog with the workspace whenever they have come to rest.

npm run soak -- [options]

  --seed <number>           repeats an earlier run, operation by operation
                            (default: a new one, which is told)
  --minutes <number>        how long it takes (default: 10)
  --repositories <number>   how many there are at the start, from 20 (default: 2000)
  --database <name>         sqlite or postgres (default: sqlite)
  --help                    shows this
`;

/**
 * @param newSeed - where the command line names none
 * @throws OptionsError that names the option
 */
export function parseOptions(args: string[], newSeed: number): SoakOptions {
  const { help, seed, minutes, repositories, database } = parse(args);
  return {
    help,
    seed: seed === undefined ? newSeed : parseNumber('--seed', seed, 0),
    minutes: parseNumber('--minutes', minutes, 0),
    repositories: parseNumber('--repositories', repositories, 20),
    database: parseDatabase(database),
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
        repositories: { type: 'string', default: '2000' },
        database: { type: 'string', default: 'sqlite' },
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

import { parseArgs } from 'node:util';
import type { Product } from './backend';

export type BenchOptions = {
  help: boolean;
  product: Product;
  /** Numbers of repositories, each of which is measured. */
  sizes: number[];
  /** Whether the stock module is measured too. */
  compare: boolean;
  /** The most repositories that the stock module is measured with. */
  compareUpTo: number;
  /** The most repositories that PostgreSQL is used with, beside SQLite. */
  postgresUpTo: number;
  /** For how many minutes it is measured what a catalog at rest takes; 0 for not at all. */
  restMinutes: number;
  /** Where only first fills under a limit are wanted: how many minutes they are watched. */
  limitedMinutes?: number;
  /** What is measured after the first fill, without which nothing else can be. */
  phases: ReadonlySet<Phase>;
  /** Whether that is everything, so that the results replace those of the last time. */
  isWhole: boolean;
};

/** What can be measured by itself. */
export const PHASES = [
  'first-fill',
  'restart',
  'changed-files',
  'idle-hour',
  'pushes',
  'pull-requests',
  'memory',
] as const;

type Phase = (typeof PHASES)[number];

/** Something on the command line cannot be understood. */
export class OptionsError extends Error {
  override name = 'OptionsError';
}

const DEFAULT_SIZES = { cloud: '150,1500,15000', 'data-center': '150,1500' };

/** What is measured with Bitbucket Cloud alone. */
const CLOUD_PHASES: readonly Phase[] = ['changed-files', 'pull-requests'];
const DEFAULT_POSTGRES_UP_TO = '1500';

export const USAGE = `Measures a backend that is filled from a simulated workspace, and writes
bench/results.md and bench/results.svg, or bench/limited.md.

npm run bench -- [options]

  --sizes <numbers>            how many repositories (default: ${DEFAULT_SIZES.cloud})
  --data-center                measures with Bitbucket Data Center, all but changed files and
                               pull requests, and writes bench/data-center.md; the stock
                               module is compared (default for --sizes: ${DEFAULT_SIZES['data-center']})
  --compare                    measures the stock module as well
  --compare-up-to <number>     the same, up to this many repositories
  --postgres-up-to <number>    with so many repositories at most, pushes are measured on
                               PostgreSQL too (default: ${DEFAULT_POSTGRES_UP_TO}; 0 for none)
  --rest-minutes <minutes>     measures for so long what CPU a catalog takes in which nothing
                               changes, as it is by default and with a processing interval
                               of 30 minutes (default: not at all)
  --only <phases>              measures only some of: ${PHASES.slice(0, 4).join(', ')},
                               ${PHASES.slice(4).join(', ')}; prints the table, and writes nothing.
                               Each takes a first fill before it
  --limited-minutes <minutes>  instead of all this: watches, for so long, how both modules
                               fill a catalog under 1,000 requests an hour
  --help                       shows this
`;

/** @throws OptionsError that names the option */
export function parseOptions(args: string[]): BenchOptions {
  const { compare, help, ...values } = parse(args);
  const dataCenter = values['data-center'];
  const product = dataCenter ? 'data-center' : 'cloud';
  const { sizes = DEFAULT_SIZES[product] } = values;
  const upTo = values['compare-up-to'];
  const { only } = values;
  if (only !== undefined && values['limited-minutes'] !== undefined) {
    throw new OptionsError(
      '--limited-minutes measures first fills alone. Leave out --only.',
    );
  }
  if (dataCenter && values['limited-minutes'] !== undefined) {
    throw new OptionsError(
      '--limited-minutes measures the limit of Bitbucket Cloud. Leave out --data-center.',
    );
  }
  const all = PHASES.filter(
    phase => !dataCenter || !CLOUD_PHASES.includes(phase),
  );
  return {
    help,
    product,
    compare: compare || dataCenter || upTo !== undefined,
    compareUpTo: upTo === undefined ? Infinity : parseSize(upTo),
    postgresUpTo: parsePostgresUpTo(values['postgres-up-to']),
    sizes: sizes.split(',').map(size => parseSize(size.trim())),
    restMinutes: parseMinutes(values, 'rest-minutes') ?? 0,
    limitedMinutes: parseMinutes(values, 'limited-minutes'),
    phases: new Set(only === undefined ? all : parsePhases(only, all)),
    isWhole: only === undefined,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        help: { type: 'boolean', default: false },
        'data-center': { type: 'boolean', default: false },
        compare: { type: 'boolean', default: false },
        'compare-up-to': { type: 'string' },
        sizes: { type: 'string' },
        'postgres-up-to': { type: 'string', default: DEFAULT_POSTGRES_UP_TO },
        'rest-minutes': { type: 'string' },
        'limited-minutes': { type: 'string' },
        only: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new OptionsError(
      `${error instanceof Error ? error.message : error}\n\n${USAGE}`,
    );
  }
}

function parseSize(text: string): number {
  const size = Number(text);
  if (!Number.isInteger(size) || size < 10 || size > 100_000) {
    throw new OptionsError(
      `"${text}" is not a number of repositories from 10 to 100000. Write for example --sizes 150,1500`,
    );
  }
  return size;
}

const parsePhases = (text: string, all: readonly Phase[]): Phase[] =>
  text.split(',').map(name => {
    const phase = all.find(one => one === name.trim());
    if (!phase) {
      throw new OptionsError(
        `--only: "${name.trim()}" is not one of ${all.join(', ')}.`,
      );
    }
    return phase;
  });

const parsePostgresUpTo = (text: string) =>
  text === '0' ? 0 : parseSize(text);

function parseMinutes<Name extends string>(
  values: Partial<Record<Name, string>>,
  name: Name,
): number | undefined {
  const text = values[name];
  if (text === undefined) {
    return undefined;
  }
  const minutes = Number(text);
  if (!(minutes > 0)) {
    throw new OptionsError(`--${name}: "${text}" is not a number above 0.`);
  }
  return minutes;
}

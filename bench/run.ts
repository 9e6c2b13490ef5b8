import { Product } from './backend';
import { fillsInTurn, medianFill } from './fillsInTurn';
import { measure, measureBaseline, Measurement, Print } from './measure';
import { BenchOptions } from './options';
import { Baseline, Fill } from './phases';
import { pushOnPostgres } from './pushTo';

/** What was measured with one workspace. */
export type SizeResults = {
  size: number;
  /** The same number of components without a module, where memory is measured. */
  baseline?: Baseline;
  ours: Measurement;
  /** With `--compare`. */
  stock?: Measurement;
};

/** First fills before the one that everything else is measured after. */
const FILLS_BEFORE = 2;

/** First fills with answers that come late. */
const LATE_FILLS = 3;

/** About what a request to a service on the internet takes. */
export const LATE_MS = 150;

export type Results = {
  product: Product;
  /** Where databases were. */
  folder: string;
  /** A catalog with nothing in it, where memory is measured. */
  empty?: Baseline;
  sizes: SizeResults[];
};

/**
 * Measures one thing after the other.
 *
 * @param folder - for databases and logs
 */
export async function run(
  options: BenchOptions,
  folder: string,
  print: Print,
): Promise<Results> {
  const begun = performance.now();
  const report: Print = line => {
    const seconds = (performance.now() - begun) / 1000;
    print(`${seconds.toFixed(0).padStart(5)} s  ${line}`);
  };
  const { phases } = options;
  const measureWithout = async (components: number) => {
    if (!phases.has('memory')) {
      return undefined;
    }
    report(`no module, ${components} components: first fill`);
    return measureBaseline(folder, components);
  };
  const empty = await measureWithout(0);
  const sizes: SizeResults[] = [];
  for (const size of options.sizes) {
    const of = (module: string): Print => {
      return line => report(`${size} repositories, ${module}: ${line}`);
    };
    const isCompared = options.compare && size <= options.compareUpTo;
    const fillsAreCompared = isCompared && phases.has('first-fill');
    const before = await fillsInTurn(
      fillsAreCompared ? FILLS_BEFORE : 0,
      options.product,
      size,
      folder,
      of('both'),
    );
    const late = await fillsInTurn(
      fillsAreCompared ? LATE_FILLS : 0,
      options.product,
      size,
      folder,
      of(`both, with answers after ${LATE_MS} ms`),
      LATE_MS,
    );
    const ours = await measureOurs(options, size, folder, of('this module'));
    const stock = isCompared
      ? await measure('stock', size, folder, of('stock module'), options)
      : undefined;
    const baseline = await measureWithout(ours.fill.expected);
    sizes.push({
      size,
      baseline,
      ours: withMedianFills(ours, before.ours, late.ours),
      stock: stock && withMedianFills(stock, before.stock, late.stock),
    });
  }
  report('done');
  return { product: options.product, folder, empty, sizes };
}

const withMedianFills = (
  measured: Measurement,
  before: Fill[],
  late: Fill[],
): Measurement => ({
  ...measured,
  fill: medianFill([...before, measured.fill]),
  lateFill: late.length > 0 ? medianFill(late) : undefined,
});

async function measureOurs(
  options: BenchOptions,
  size: number,
  folder: string,
  print: Print,
): Promise<Measurement> {
  const measured = await measure('ours', size, folder, print, options);
  if (size > options.postgresUpTo || !options.phases.has('pushes')) {
    return measured;
  }
  print('pushes with a webhook, on PostgreSQL');
  const pushesOnPostgres = await pushOnPostgres(options.product, size, folder);
  return { ...measured, pushesOnPostgres };
}

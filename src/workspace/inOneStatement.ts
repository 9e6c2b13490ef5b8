import DataLoader from 'dataloader';

/** A statement of SQLite takes 32,766 values. */
const MOST = 100;

/**
 * Does at once what is wanted one by one at the same moment, as by a walk and by
 * the catalog's reads. Nothing is remembered: whoever wants it later, asks again.
 *
 * @param all - gives the results in the order of what was wanted
 */
export function inOneStatement<Wanted, Result>(
  all: (wanted: readonly Wanted[]) => Promise<Result[]>,
): (wanted: Wanted) => Promise<Result> {
  const loader = new DataLoader(all, {
    cache: false,
    maxBatchSize: MOST,
    // So that answers which came in together are written together.
    batchScheduleFn: run => setImmediate(run),
  });
  return wanted => loader.load(wanted);
}

/**
 * What a statement can write: the last row of each key. They are sorted, so that
 * two replicas which write the same rows do not wait for each other for ever.
 */
export function rowsByKey<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): Row[] {
  const byKey = new Map(rows.map(row => [keyOf(row), row]));
  return [...byKey.keys()].sort().map(key => byKey.get(key)!);
}

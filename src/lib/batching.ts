import DataLoader from 'dataloader';

/** Rows per statement: a statement of SQLite takes 32,766 values. */
const BATCH = 500;

/** Divides what would be too much for one statement. */
export function* batches<T>(items: readonly T[], size = BATCH): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) {
    yield items.slice(start, start + size);
  }
}

/** In place, since a repository may have tens of thousands of files. */
export function addTo<T>(
  groups: Map<string, T[]>,
  key: string,
  value: T,
): void {
  const group = groups.get(key);
  if (group) {
    group.push(value);
  } else {
    groups.set(key, [value]);
  }
}

/** A statement of SQLite takes 32,766 values. */
const MOST = 100;

/** For what a walk finds in several repositories at once. */
const GATHER_MS = 10;

/**
 * Reads at once what is wanted one by one at the same moment, as by the catalog's
 * reads. Nothing is remembered: a later call asks again.
 *
 * @param all - gives the results in the order of what was wanted
 */
export function batchReads<Wanted, Result>(
  all: (wanted: readonly Wanted[]) => Promise<Result[]>,
): (wanted: Wanted) => Promise<Result> {
  const loader = new DataLoader(all, {
    cache: false,
    maxBatchSize: MOST,
    batchScheduleFn: run => setImmediate(run),
  });
  return wanted => loader.load(wanted);
}

/**
 * Writes at once what is to be written within ten milliseconds, since a first walk
 * writes for every repository, and a catalog on SQLite has one connection for all.
 *
 * @param all - gives the results in the order of what was to be written
 */
export function batchWrites<Written, Result>(
  all: (written: readonly Written[]) => Promise<Result[]>,
): (written: Written) => Promise<Result> {
  const loader = new DataLoader(all, {
    cache: false,
    maxBatchSize: MOST,
    batchScheduleFn: run => setTimeout(run, GATHER_MS),
  });
  return written => loader.load(written);
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

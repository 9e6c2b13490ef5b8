import DataLoader from 'dataloader';

/**
 * Waits for shared work no longer than the signal allows. The work itself goes
 * on, for others who wait for it.
 *
 * @throws the signal's reason, or what the work throws
 */
export async function abortable<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (!signal) {
    return work;
  }
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) {
      abort();
    }
    signal.addEventListener('abort', abort);
    work
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Lets all who want the same at the same time wait for one piece of work. */
export class SingleFlight<T> {
  readonly #work = new Map<string, Promise<T>>();

  /** Joins the work that is under way for a key, or begins it. */
  share(key: string, begin: () => Promise<T>): Promise<T> {
    const running = this.#work.get(key);
    if (running) {
      return running;
    }
    const work = begin().finally(() => this.#work.delete(key));
    this.#work.set(key, work);
    return work;
  }

  /** Starts the work again, after the one that is under way for a key, if any. */
  async rerun(key: string, begin: () => Promise<T>): Promise<T> {
    await this.#work.get(key)?.catch(() => {});
    return this.share(key, begin);
  }
}

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

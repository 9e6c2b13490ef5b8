import DataLoader from 'dataloader';
import { Knex } from 'knex';
import { setImmediate as nextTurn } from 'node:timers/promises';

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
 * two replicas which write the same rows do not wait for each other forever.
 */
export function rowsByKey<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): Row[] {
  const byKey = new Map(rows.map(row => [keyOf(row), row]));
  return [...byKey.keys()].sort().map(key => byKey.get(key)!);
}

/** Rows per statement: a few milliseconds' work, during which SQLite does nothing else. */
const WINDOW = 1_000;

/** A table, and how to get through it. */
export type Sweep = {
  table: string;
  /** The columns of the primary key. */
  key: string[];
  /** Which rows are meant; unqualified columns are those of the table. */
  where: (rows: Knex.QueryBuilder) => void;
};

/**
 * Does something with certain rows of a table, however many it has: in the order
 * of its primary key, so many at a time that no statement takes long or holds
 * many locks. Rows that someone else is writing are left to the next time.
 *
 * @param act - gets the rows that are meant, of a part of the table
 */
export async function inWindows(
  knex: Knex,
  { table, key, where }: Sweep,
  act: (rows: Knex.QueryBuilder) => Promise<unknown>,
  signal?: AbortSignal,
): Promise<void> {
  let after: Knex.Value[] | undefined;
  do {
    signal?.throwIfAborted();
    const begin = after && bound(knex, key, '>', after);
    const last: Record<string, Knex.Value> | undefined = await knex(table)
      .modify(rows => begin && rows.whereRaw(begin))
      .orderBy(key)
      .offset(WINDOW - 1)
      .first(key);
    const until = last && key.map(column => last[column]);
    const end = until && bound(knex, key, '<=', until);
    const meant = knex(table)
      .where(rows => where(rows))
      .modify(rows => begin && rows.whereRaw(begin))
      .modify(rows => end && rows.whereRaw(end));
    await act(rowsAmong(knex, table, key, meant));
    after = until;
    await nextTurn();
  } while (after);
}

/** Deletes certain rows of a table, however many it has. */
export async function deleteInWindows(
  knex: Knex,
  sweep: Sweep,
  signal?: AbortSignal,
): Promise<void> {
  await inWindows(knex, sweep, rows => rows.delete(), signal);
}

/**
 * Those rows that no other process is writing, so that two processes which write
 * several rows at once do not wait for each other.
 */
export function unlocked(
  knex: Knex,
  rows: Knex.QueryBuilder,
): Knex.QueryBuilder {
  return knex.client.config.client === 'pg'
    ? rows.forUpdate().skipLocked()
    : rows;
}

function rowsAmong(
  knex: Knex,
  table: string,
  key: string[],
  meant: Knex.QueryBuilder,
): Knex.QueryBuilder {
  if (knex.client.config.client === 'pg') {
    // By where they are: by their keys, PostgreSQL may read the whole table.
    const places = unlocked(knex, meant.select('ctid'));
    return knex(table).whereRaw('ctid = any(array?)', [places]);
  }
  const [first, ...more] = key;
  return more.length > 0
    ? knex(table).whereIn(key, meant.select(key))
    : knex(table).whereIn(first, meant.select(first));
}

function bound(
  knex: Knex,
  key: string[],
  operator: '>' | '<=',
  values: Knex.Value[],
): Knex.Raw {
  const list = (mark: string) => `(${key.map(() => mark).join(', ')})`;
  const row = `${list('??')} ${operator} ${list('?')}`;
  return knex.client.config.client === 'pg'
    ? // PostgreSQL knows how a column is spread, and nothing of several together.
      knex.raw(`?? ${operator === '>' ? '>=' : '<='} ? and ${row}`, [
        key[0],
        values[0],
        ...key,
        ...values,
      ])
    : knex.raw(row, [...key, ...values]);
}

import { Knex } from 'knex';
import { REFS } from './fileRows';
import { rowsByKey } from './inOneStatement';

/** A row about a ref, as it is at a commit. */
export type AtCommit<Row extends { ref_id: string }> = {
  commit: string;
  row: Row;
};

/** PostgreSQL takes values for texts unless it is told. */
const TYPES: Record<string, string> = {
  exists: 'boolean',
  is_lfs: 'boolean',
  size: 'double precision',
  checked_at: 'double precision',
};

/**
 * Writes rows, except for those about refs that have moved on, in one statement,
 * since a first walk does this for every repository.
 *
 * @param key - the columns of the primary key
 */
export async function saveAtCommits<Row extends { ref_id: string }>(
  knex: Knex,
  table: string,
  key: (keyof Row & string)[],
  rows: readonly AtCommit<Row>[],
): Promise<void[]> {
  const isPostgres = knex.client.config.client === 'pg';
  const columns = Object.keys(rows[0].row);
  const written = rowsByKey(rows, ({ row }) =>
    key.map(column => row[column]).join(' '),
  );
  const values = ['?', ...columns.map(placeholder)].join(', ');
  await knex.raw(
    [
      'insert into ?? (??)',
      'with news (at_commit, ??) as',
      `(values ${written.map(() => `(${values})`).join(', ')})`,
      `select ${columns.map(() => '??').join(', ')}`,
      'from news join ?? as ref on ref.id = news.ref_id and ref.?? = at_commit',
      'where true order by ??, ??',
      // No ref moves until the rows are there; on SQLite none can.
      isPostgres ? 'for share of ref' : '',
      `on conflict (??) do update set ${columns.map(() => '?? = excluded.??').join(', ')}`,
    ].join(' '),
    [
      table,
      columns,
      columns,
      ...written.flatMap(({ commit, row }) => [commit, ...Object.values(row)]),
      ...columns.map(column => `news.${column}`),
      REFS,
      'commit',
      ...key.map(column => `news.${column}`),
      key,
      ...columns.flatMap(column => [column, column]),
    ],
  );
  return rows.map(() => undefined);
}

const placeholder = (column: string) =>
  TYPES[column] ? `cast(? as ${TYPES[column]})` : '?';

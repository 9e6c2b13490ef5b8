import { Knex } from 'knex';
import { batches, batchReads, rowsByKey, batchWrites } from '../lib/batching';
import { hashOf } from '../lib/text';
import { ContentStore } from './ContentStore';
import { FOLDERS, FolderStore } from './FolderListing';
import { noteUse, RefStore } from './RefStore';
import {
  GlobResultRow,
  GLOB_RESULTS,
  FileRow,
  FILES,
  IndexedFile,
  CachedFiles,
  refId,
  RefName,
  RefRow,
  REFS,
  toGlobResultRow,
  toFile,
  toFileRow,
  toRef,
} from './rows';

/** A row about a ref, as it is at a commit. */
type AtCommit<Row extends { ref_id: string }> = {
  commit: string;
  row: Row;
};

/** PostgreSQL treats values as text without a cast. */
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
async function saveAtCommits<Row extends { ref_id: string }>(
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

/** What of a ref is dropped. */
export type ForgetOptions = {
  /** Whether listings stay that were made folder by folder. Default false. */
  keepsCostly?: boolean;
};

type FileKey = { refId: string; pathId: string; commit: string };

/** Keeps what is known of files at the commits that refs point at. */
class FileStore {
  readonly #knex: Knex;
  readonly #now: () => number;

  /** @param now - milliseconds since the epoch */
  constructor(knex: Knex, now: () => number) {
    this.#knex = knex;
    this.#now = now;
  }

  /** All that is known of some refs; those that nothing is known of are left out. */
  async load(names: RefName[]): Promise<Map<RefName, CachedFiles>> {
    const known = new Map<RefName, CachedFiles>();
    for (const batch of batches(names)) {
      const byId = new Map(batch.map(name => [refId(name), name]));
      const ids = [...byId.keys()];
      const refs = await this.#knex<RefRow>(REFS).whereIn('id', ids);
      await noteUse(this.#knex, refs, this.#now());
      const files = await this.#knex<FileRow>(FILES).whereIn('ref_id', ids);
      const globResults = await this.#knex<GlobResultRow>(GLOB_RESULTS).whereIn(
        'ref_id',
        ids,
      );
      const found = new Map<string, CachedFiles>(
        refs.map(row => [
          row.id,
          { ref: toRef(row), files: new Map(), globResults: new Map() },
        ]),
      );
      for (const row of files) {
        found.get(row.ref_id)?.files.set(row.path, {
          ...toFile(row),
          checkedAt: row.checked_at ?? undefined,
        });
      }
      for (const row of globResults) {
        found
          .get(row.ref_id)
          ?.globResults.set(row.pattern, JSON.parse(row.paths));
      }
      found.forEach((value, id) => known.set(byId.get(id)!, value));
    }
    return known;
  }

  /** What is known to be at a path at a commit of a ref. */
  async file(
    name: RefName,
    commit: string,
    path: string,
  ): Promise<IndexedFile | undefined> {
    const key = { refId: refId(name), pathId: hashOf(path), commit };
    const row = await this.#file(key);
    return row && toFile(row);
  }

  /** Notes what is at a path at a commit of a ref, unless the ref has moved on. */
  async saveFile(
    name: RefName,
    commit: string,
    path: string,
    file: IndexedFile,
  ): Promise<void> {
    await this.#saveFile({
      commit,
      row: toFileRow(refId(name), path, { ...file, checkedAt: this.#now() }),
    });
  }

  async globResult(
    name: RefName,
    commit: string,
    pattern: string,
  ): Promise<string[] | undefined> {
    const row: GlobResultRow | undefined = await this.#knex(
      `${GLOB_RESULTS} as answer`,
    )
      .join(`${REFS} as ref`, 'ref.id', 'answer.ref_id')
      .where({
        'answer.ref_id': refId(name),
        'answer.pattern_id': hashOf(pattern),
        'ref.commit': commit,
      })
      .first('answer.*');
    return row && JSON.parse(row.paths);
  }

  /** Notes which paths match, unless the ref has moved on. */
  async saveGlobResult(
    name: RefName,
    commit: string,
    pattern: string,
    paths: string[],
  ): Promise<void> {
    await this.#saveGlobResult({
      commit,
      row: toGlobResultRow(refId(name), pattern, paths, this.#now()),
    });
  }

  /** Drops what says that files do not exist, so that Bitbucket is asked again. */
  async forgetAbsent(
    name: RefName,
    { keepsCostly = false }: ForgetOptions = {},
  ): Promise<void> {
    const id = refId(name);
    await this.#knex.transaction(async transaction => {
      const costly = transaction(FOLDERS)
        .where({ ref_id: id })
        .select('pattern_id');
      await transaction<FileRow>(FILES)
        .where({ ref_id: id, exists: false })
        .delete();
      await transaction<GlobResultRow>(GLOB_RESULTS)
        .where({ ref_id: id })
        .modify(rows => keepsCostly && rows.whereNotIn('pattern_id', costly))
        .delete();
      await transaction<RefRow>(REFS)
        .where({ id })
        .whereNull('commit')
        .delete();
    });
  }

  readonly #file = batchReads(async (keys: readonly FileKey[]) => {
    const rows: (FileRow & { commit: string })[] = await this.#knex(
      `${FILES} as file`,
    )
      .join(`${REFS} as ref`, 'ref.id', 'file.ref_id')
      .whereIn(
        ['file.ref_id', 'file.path_id'],
        keys.map(key => [key.refId, key.pathId]),
      )
      .select('file.*', 'ref.commit');
    return keys.map(key =>
      rows.find(
        row =>
          row.ref_id === key.refId &&
          row.path_id === key.pathId &&
          row.commit === key.commit,
      ),
    );
  });

  readonly #saveFile = batchWrites((rows: readonly AtCommit<FileRow>[]) =>
    saveAtCommits(this.#knex, FILES, ['ref_id', 'path_id'], rows),
  );

  readonly #saveGlobResult = batchWrites(
    (rows: readonly AtCommit<GlobResultRow>[]) =>
      saveAtCommits(this.#knex, GLOB_RESULTS, ['ref_id', 'pattern_id'], rows),
  );
}

/** Where what is known of files is kept. */
export type FileStores = {
  refs: RefStore;
  files: FileStore;
  contents: ContentStore;
  folders: FolderStore;
};

/** @param now - milliseconds since the epoch */
export const fileStores = (knex: Knex, now: () => number): FileStores => ({
  refs: new RefStore(knex, now),
  files: new FileStore(knex, now),
  contents: new ContentStore(knex, now),
  folders: new FolderStore(knex),
});

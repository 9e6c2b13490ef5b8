import { Knex } from 'knex';
import { batches } from './batches';
import {
  AnswerRow,
  ContentRow,
  FileRow,
  IndexedFile,
  KnownFiles,
  KnownRef,
  RefName,
  RefRow,
  toAnswerRow,
  toFile,
  toFileRow,
  toRef,
} from './fileRows';
import { hashOf } from './hash';

const REFS = 'bitbucket_cloud__refs';
const FILES = 'bitbucket_cloud__files';
const ANSWERS = 'bitbucket_cloud__answers';
const CONTENTS = 'bitbucket_cloud__contents';

const idOf = ({ fullName, ref }: RefName) => hashOf(fullName, ref);

/** Keeps what is known of files at the commits that refs point at. */
export class FileStore {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  async ref(name: RefName): Promise<KnownRef | undefined> {
    const row = await this.#knex<RefRow>(REFS)
      .where({ id: idOf(name) })
      .first();
    return row && toRef(row);
  }

  /** The names of the refs of a repository that are known to exist. */
  async refNames(fullName: string): Promise<string[]> {
    const rows = await this.#knex<RefRow>(REFS)
      .where({ full_name: fullName })
      .whereNotNull('commit')
      .select('ref');
    return rows.map(({ ref }) => ref);
  }

  /** What is known of some refs of a repository, by name. */
  async refs(
    fullName: string,
    names: string[],
  ): Promise<Map<string, KnownRef>> {
    const ids = names.map(ref => idOf({ fullName, ref }));
    const rows = await this.#knex<RefRow>(REFS).whereIn('id', ids);
    return new Map(rows.map(row => [row.ref, toRef(row)]));
  }

  /** All that is known of some refs; those that nothing is known of are left out. */
  async load(names: RefName[]): Promise<Map<RefName, KnownFiles>> {
    const known = new Map<RefName, KnownFiles>();
    for (const batch of batches(names)) {
      const byId = new Map(batch.map(name => [idOf(name), name]));
      const ids = [...byId.keys()];
      const refs = await this.#knex<RefRow>(REFS).whereIn('id', ids);
      const files = await this.#knex<FileRow>(FILES).whereIn('ref_id', ids);
      const answers = await this.#knex<AnswerRow>(ANSWERS).whereIn(
        'ref_id',
        ids,
      );
      const found = new Map<string, KnownFiles>(
        refs.map(row => [
          row.id,
          { ref: toRef(row), files: new Map(), answers: new Map() },
        ]),
      );
      for (const row of files) {
        found.get(row.ref_id)?.files.set(row.path, toFile(row));
      }
      for (const row of answers) {
        found.get(row.ref_id)?.answers.set(row.question, JSON.parse(row.paths));
      }
      found.forEach((value, id) => known.set(byId.get(id)!, value));
    }
    return known;
  }

  /**
   * Notes what a ref points at. What was known at another commit of it is
   * forgotten, except for what `carried` says is the same at this one.
   */
  async point(
    name: RefName,
    to: KnownRef,
    now: number,
    carried?: Pick<KnownFiles, 'files' | 'answers'>,
  ): Promise<void> {
    const row: RefRow = {
      id: idOf(name),
      full_name: name.fullName,
      ref: name.ref,
      commit: to.commit ?? null,
      kind: to.kind ?? null,
      updated_on: to.updatedOn ?? null,
      used_at: now,
    };
    const added = await this.#knex<RefRow>(REFS)
      .insert(row)
      .onConflict('id')
      .ignore()
      .returning('id');
    if (added.length === 0) {
      await this.#move(row, carried);
    }
  }

  async #move(
    row: RefRow,
    carried?: Pick<KnownFiles, 'files' | 'answers'>,
  ): Promise<void> {
    const { id, commit } = row;
    await this.#knex.transaction(async transaction => {
      const refs = () => transaction<RefRow>(REFS).where({ id });
      const before = await refs().forUpdate().first();
      await refs().update(row);
      if (before?.commit === commit) {
        return;
      }
      await transaction<FileRow>(FILES).where({ ref_id: id }).delete();
      await transaction<AnswerRow>(ANSWERS).where({ ref_id: id }).delete();
      const files = [...(carried?.files ?? [])].map(([path, file]) =>
        toFileRow(id, path, file),
      );
      for (const batch of batches(files)) {
        await transaction<FileRow>(FILES).insert(batch);
      }
      const answers = [...(carried?.answers ?? [])].map(([question, paths]) =>
        toAnswerRow(id, question, paths),
      );
      for (const batch of batches(answers)) {
        await transaction<AnswerRow>(ANSWERS).insert(batch);
      }
    });
  }

  /** What is known to be at a path at a commit of a ref. */
  async file(
    name: RefName,
    commit: string,
    path: string,
  ): Promise<IndexedFile | undefined> {
    const row: FileRow | undefined = await this.#knex(`${FILES} as file`)
      .join(`${REFS} as ref`, 'ref.id', 'file.ref_id')
      .where({
        'file.ref_id': idOf(name),
        'file.path_id': hashOf(path),
        'ref.commit': commit,
      })
      .first('file.*');
    return row && toFile(row);
  }

  /** Notes what is at a path at a commit of a ref, unless the ref has moved on. */
  async saveFile(
    name: RefName,
    commit: string,
    path: string,
    file: IndexedFile,
  ): Promise<void> {
    await this.#saveAt(name, commit, {
      table: FILES,
      key: ['ref_id', 'path_id'],
      row: toFileRow(idOf(name), path, file),
    });
  }

  async answer(
    name: RefName,
    commit: string,
    question: string,
  ): Promise<string[] | undefined> {
    const row: AnswerRow | undefined = await this.#knex(`${ANSWERS} as answer`)
      .join(`${REFS} as ref`, 'ref.id', 'answer.ref_id')
      .where({
        'answer.ref_id': idOf(name),
        'answer.question_id': hashOf(question),
        'ref.commit': commit,
      })
      .first('answer.*');
    return row && JSON.parse(row.paths);
  }

  /** Notes which paths match, unless the ref has moved on. */
  async saveAnswer(
    name: RefName,
    commit: string,
    question: string,
    paths: string[],
  ): Promise<void> {
    await this.#saveAt(name, commit, {
      table: ANSWERS,
      key: ['ref_id', 'question_id'],
      row: toAnswerRow(idOf(name), question, paths),
    });
  }

  /** In one statement, since a first walk does this for every repository. */
  async #saveAt(
    name: RefName,
    commit: string,
    { table, key, row }: { table: string; key: string[]; row: object },
  ): Promise<void> {
    const columns = Object.keys(row);
    const isPostgres = this.#knex.client.config.client === 'pg';
    await this.#knex.raw(
      [
        'insert into ?? (??)',
        `select ${columns.map(() => '?').join(', ')}`,
        'from ?? where ?? = ? and ?? = ?',
        // Nobody moves the ref until the row is there; on SQLite nobody can.
        isPostgres ? 'for update' : '',
        `on conflict (??) do update set ${columns.map(() => '?? = excluded.??').join(', ')}`,
      ].join(' '),
      [
        table,
        columns,
        ...Object.values(row),
        REFS,
        'id',
        idOf(name),
        'commit',
        commit,
        key,
        ...columns.flatMap(column => [column, column]),
      ],
    );
  }

  /** @param hash - SHA-256 of the content */
  async saveContent(hash: string, content: Buffer): Promise<void> {
    await this.#knex<ContentRow>(CONTENTS)
      .insert({ hash, content })
      .onConflict('hash')
      .ignore();
  }

  /** @param hash - SHA-256 of the content */
  async content(hash: string): Promise<Buffer | undefined> {
    const row = await this.#knex<ContentRow>(CONTENTS).where({ hash }).first();
    return row?.content;
  }
}

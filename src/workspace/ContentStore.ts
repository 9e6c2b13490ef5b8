import { Knex } from 'knex';
import {
  readInOneStatement,
  writeInOneStatement,
  rowsByKey,
} from './inOneStatement';

type ContentRow = { hash: string; content: Buffer };

const CONTENTS = 'bitbucket_cloud__contents';

/** Keeps the contents of files, each once, by their SHA-256. */
export class ContentStore {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  async read(hash: string): Promise<Buffer | undefined> {
    return this.#read(hash);
  }

  async save(hash: string, content: Buffer): Promise<void> {
    await this.#save({ hash, content });
  }

  readonly #read = readInOneStatement(async (hashes: readonly string[]) => {
    const rows = await this.#knex<ContentRow>(CONTENTS).whereIn('hash', hashes);
    const contents = new Map(rows.map(({ hash, content }) => [hash, content]));
    return hashes.map(hash => contents.get(hash));
  });

  readonly #save = writeInOneStatement(async (rows: readonly ContentRow[]) => {
    await this.#knex<ContentRow>(CONTENTS)
      .insert(rowsByKey(rows, ({ hash }) => hash))
      .onConflict('hash')
      .ignore();
    return rows.map(() => undefined);
  });
}

import { Knex } from 'knex';
import { batchReads, rowsByKey, batchWrites } from '../lib/batching';
import { hashOf } from '../lib/text';
import { ScmHost } from '../scm/ScmHost';
import { UnexpectedResponseError } from '../scm/errors';
import { AtCommit, RequestContext } from '../scm/types';
import { IndexedFile } from './rows';

type ContentRow = {
  hash: string;
  content: Buffer;
  /** Milliseconds since the epoch; absent for what was kept by earlier versions. */
  saved_at: number | null;
};

const CONTENTS = 'bitbucket__contents';

/** Keeps the contents of files, each once, by their SHA-256. */
export class ContentStore {
  readonly #knex: Knex;
  readonly #now: () => number;

  /** @param now - milliseconds since the epoch */
  constructor(knex: Knex, now: () => number) {
    this.#knex = knex;
    this.#now = now;
  }

  async read(hash: string): Promise<Buffer | undefined> {
    return this.#read(hash);
  }

  /** Pruning leaves it alone for a day, for the file that has it to be saved. */
  async save(hash: string, content: Buffer): Promise<void> {
    await this.#save({ hash, content, saved_at: this.#now() });
  }

  readonly #read = batchReads(async (hashes: readonly string[]) => {
    const rows = await this.#knex<ContentRow>(CONTENTS).whereIn('hash', hashes);
    const contents = new Map(rows.map(({ hash, content }) => [hash, content]));
    return hashes.map(hash => contents.get(hash));
  });

  readonly #save = batchWrites(async (rows: readonly ContentRow[]) => {
    await this.#knex<ContentRow>(CONTENTS)
      .insert(rowsByKey(rows, ({ hash }) => hash))
      .onConflict('hash')
      .merge(['saved_at']);
    return rows.map(() => undefined);
  });
}

/** Reads a file of a commit and keeps its content. Costs what the host's `readFile` does. */
export async function keepFile(
  host: ScmHost,
  contents: ContentStore,
  at: AtCommit,
  path: string,
  context: RequestContext,
): Promise<IndexedFile> {
  const { content, ...file } = await host.readFile(at, path, context);
  if (!content) {
    return file;
  }
  const hash = hashOf(content);
  await contents.save(hash, content);
  return { ...file, hash };
}

/**
 * The content of a file that is there, from the host.
 *
 * @throws UnexpectedResponseError where it is not, by now
 */
export async function readContent(
  host: ScmHost,
  at: AtCommit,
  path: string,
  context: RequestContext,
): Promise<Buffer> {
  const { content } = await host.readFile(at, path, context);
  if (!content) {
    const url = host.urls.file(at.fullName, at.hash, path);
    throw new UnexpectedResponseError(
      'the file was found before, but is missing now',
      {
        method: 'GET',
        url,
      },
    );
  }
  return content;
}

import { Knex } from 'knex';
import { EMITTED } from '../catalog-tables/EmittedLocation';
import { batches, batchReads, rowsByKey, batchWrites } from '../lib/batching';
import { hashOf } from '../lib/text';
import { ScmHost } from '../scm/ScmHost';
import { UnexpectedResponseError } from '../scm/errors';
import { AtCommit, RequestContext } from '../scm/types';
import { FILES, IndexedFile, REFS } from './rows';

type ContentRow = {
  hash: string;
  content: Buffer;
  /** Milliseconds since the epoch; absent for what was kept by earlier versions. */
  saved_at: number | null;
};

/** A file of a ref, and its content. */
export type KeptFile = {
  fullName: string;
  ref: string;
  path: string;
  content: Buffer;
};

const CONTENTS = 'bitbucket__contents';

/** Texts that one statement looks for, each of them in every content. */
const TEXTS_AT_ONCE = 50;

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

  /**
   * The files whose contents hold one of some texts, at the paths that entity providers
   * have emitted. Reads the contents of all of these, and of no other files.
   */
  async emittedWith(texts: readonly string[]): Promise<KeptFile[]> {
    const isPostgres = this.#knex.client.config.client === 'pg';
    const found = new Map<string, KeptFile>();
    for (const batch of batches(texts, TEXTS_AT_ONCE)) {
      const rows: (KeptFile & { id: string })[] = await this.#knex(
        `${CONTENTS} as kept`,
      )
        .join(`${FILES} as file`, 'file.content_hash', 'kept.hash')
        .join(`${REFS} as ref`, 'ref.id', 'file.ref_id')
        .whereIn('file.path', this.#knex(EMITTED).distinct('path'))
        .where(contents =>
          batch.forEach(text =>
            contents.orWhereRaw(
              isPostgres ? 'position(?::bytea in ??) > 0' : 'instr(??, ?) > 0',
              isPostgres
                ? [Buffer.from(text), 'kept.content']
                : ['kept.content', Buffer.from(text)],
            ),
          ),
        )
        .select('ref.id', 'ref.ref', 'file.path', 'kept.content', {
          fullName: 'ref.full_name',
        });
      rows.forEach(({ id, ...file }) => found.set(`${id} ${file.path}`, file));
    }
    return [...found.values()];
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

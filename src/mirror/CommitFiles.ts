import { PathGlob } from '../lib/globs';
import { SingleFlight } from '../lib/promises';
import { hashOf } from '../lib/text';
import { ScmHost } from '../scm/ScmHost';
import { AtCommit, RequestContext } from '../scm/types';
import { keepFile, readContent } from './ContentStore';
import { FileStores } from './FileStore';
import { FilesAtCommit, LookOptions } from './UncachedFiles';
import { IndexedFile, RefName } from './rows';

/** What {@link CommitFiles} works with. */
export type CommitFilesOptions = {
  host: ScmHost;
  stores: FileStores;
  /** Shared by all who look for files, so that none is read twice at once. */
  looks: SingleFlight<IndexedFile>;
  name: RefName;
  commit: string;
  /** Asks Bitbucket for something at the commit, unless that keeps failing. */
  ask<T>(pattern: string, send: () => Promise<T>): Promise<T>;
  /** Milliseconds since the epoch. */
  now(): number;
};

/**
 * The files at the commit that a ref points at: from the index where it knows
 * them, and from Bitbucket otherwise, for the index to know them then.
 */
export class CommitFiles implements FilesAtCommit {
  /** The full hash. */
  readonly commit: string;
  readonly #options: CommitFilesOptions;
  readonly #at: AtCommit;

  constructor(options: CommitFilesOptions) {
    this.commit = options.commit;
    this.#options = options;
    this.#at = { fullName: options.name.fullName, hash: options.commit };
  }

  /**
   * What is at a path. Costs what the host's `readFile` does if the index does not know, or
   * knows a file as too large that no longer is.
   *
   * @throws NotFoundError when the commit or the repository does not exist
   */
  async look(
    path: string,
    context: RequestContext,
    { refetch = false }: LookOptions = {},
  ): Promise<IndexedFile> {
    const { host, stores, name, looks, ask } = this.#options;
    const { commit } = this;
    const known = refetch
      ? undefined
      : await stores.files.file(name, commit, path);
    if (known && !this.#fitsByNow(known)) {
      return known;
    }
    const key = hashOf(name.fullName, commit, path, `${refetch}`);
    const read = async () => {
      const file = await ask(path, () =>
        keepFile(host, stores.contents, this.#at, path, context),
      );
      await stores.files.saveFile(name, commit, path, file);
      return file;
    };
    return refetch ? looks.rerun(key, read) : looks.share(key, read);
  }

  /** The content of a file that {@link CommitFiles.look} has found. */
  async read(
    path: string,
    { hash }: IndexedFile,
    context: RequestContext,
  ): Promise<Buffer> {
    const { host, stores, ask } = this.#options;
    const kept = hash && (await stores.contents.read(hash));
    if (kept) {
      return kept;
    }
    const content = await ask(path, () =>
      readContent(host, this.#at, path, context),
    );
    if (hash) {
      await stores.contents.save(hash, content);
    }
    return content;
  }

  /**
   * The paths of the files that a glob wants, sorted. Costs what the
   * host's `findFiles` does if the index does not know.
   */
  async find(
    glob: PathGlob,
    context: RequestContext,
    { refetch = false }: LookOptions = {},
  ): Promise<string[]> {
    const { host, stores, name, ask, now } = this.#options;
    const { commit } = this;
    const { pattern } = glob;
    const known = refetch
      ? undefined
      : await stores.files.globResult(name, commit, pattern);
    if (known) {
      return known;
    }
    const progress = stores.folders.progress(name, commit, pattern, now);
    const found = await ask(pattern, () =>
      host.findFiles(this.#at, glob, context, progress),
    );
    const paths = found.sort();
    await stores.files.saveGlobResult(name, commit, pattern, paths);
    await progress.end();
    return paths;
  }

  /** What the index knows of the files, by path. */
  async known(): Promise<Map<string, IndexedFile>> {
    const { stores, name } = this.#options;
    const known = (await stores.files.load([name])).get(name);
    return known?.ref.commit === this.commit ? known.files : new Map();
  }

  /** Whether a file was too large to be read until the limit was raised. */
  #fitsByNow({ hash, size = Infinity }: IndexedFile): boolean {
    return hash === undefined && size <= this.#options.host.maxFileSize.bytes;
  }
}

import { SingleFlight } from '../lib/sharing';
import { PathGlob } from '../lib/globs';
import { hashOf } from '../lib/text';
import { ScmHost } from '../scm/ScmHost';
import {
  AtCommit,
  Repository,
  RequestContext,
  RequestMeter,
} from '../scm/types';
import { keepFile, readContent } from './ContentStore';
import { FileStores } from './FileStore';
import { Stale } from './Refetch';
import { IndexedFile, RefName } from './rows';

/** How to look files up. */
export type LookupOptions = {
  /** Whether Bitbucket is asked although the mirror has the answer. Default false. */
  refetch?: boolean;
};

/** The files at a commit, wherever they come from. */
export type FilesAtCommit = {
  /** The full hash. */
  readonly commit: string;
  /** What is at a path. */
  stat(
    path: string,
    context: RequestContext,
    options?: LookupOptions,
  ): Promise<IndexedFile>;
  /** The content of a file that was found. */
  read(
    path: string,
    file: IndexedFile,
    context: RequestContext,
  ): Promise<Buffer>;
  /** The paths of the files that a glob wants, sorted. */
  find(
    glob: PathGlob,
    context: RequestContext,
    options?: LookupOptions,
  ): Promise<string[]>;
};

/** The files at a commit as Bitbucket has them, without an index. */
export class UncachedFiles implements FilesAtCommit {
  readonly commit: string;
  readonly #host: ScmHost;
  readonly #at: AtCommit;
  readonly #contents = new Map<string, Buffer>();

  constructor(host: ScmHost, { fullName }: Repository, commit: string) {
    this.commit = commit;
    this.#host = host;
    this.#at = { fullName, hash: commit };
  }

  async stat(path: string, context: RequestContext): Promise<IndexedFile> {
    const { content, ...file } = await this.#host.readFile(
      this.#at,
      path,
      context,
    );
    if (content) {
      this.#contents.set(path, content);
    }
    return file;
  }

  async read(
    path: string,
    _file: IndexedFile,
    context: RequestContext,
  ): Promise<Buffer> {
    return (
      this.#contents.get(path) ??
      readContent(this.#host, this.#at, path, context)
    );
  }

  async find(glob: PathGlob, context: RequestContext): Promise<string[]> {
    const found = await this.#host.findFiles(this.#at, glob, context);
    return found.sort();
  }
}

/** The result of a lookup, and whether the mirror had it. */
type LookedUp<T> = { result: T; isCached: boolean };

/**
 * The lookups of one read. It distinguishes what it has requested itself from what the
 * mirror had. If the mirror had "nothing", Bitbucket is asked once.
 */
export class ReadLookups {
  readonly #meter: RequestMeter;
  readonly #askedAt = new Set<string>();

  constructor({ meter }: RequestContext & { meter: RequestMeter }) {
    this.#meter = meter;
  }

  /**
   * @param stale - what Bitbucket is asked for again; undefined in the first attempt
   */
  async lookUp<T>(
    { commit }: FilesAtCommit,
    stale: Stale | undefined,
    send: (options: LookupOptions) => Promise<T>,
    isFound: (result: T) => boolean,
  ): Promise<LookedUp<T>> {
    const before = this.#meter.requests;
    let result = await send({ refetch: false });
    const isOwn = this.#meter.requests > before || this.#askedAt.has(commit);
    const isAgain = stale !== undefined && !isOwn && !isFound(result);
    if (isAgain) {
      result = await send({ refetch: true });
    }
    if (isOwn || isAgain) {
      this.#askedAt.add(commit);
    }
    return { result, isCached: !isOwn && !isAgain };
  }
}

/** What {@link CommitFiles} works with. */
type CommitFilesOptions = {
  host: ScmHost;
  stores: FileStores;
  /** Shared by all lookups of a file, so that none is read twice at the same time. */
  lookups: SingleFlight<IndexedFile>;
  name: RefName;
  commit: string;
  /** Asks Bitbucket for something at the commit, unless that keeps failing. */
  ask<T>(pattern: string, send: () => Promise<T>): Promise<T>;
  /** Milliseconds since the epoch. */
  now(): number;
};

/**
 * The files at the commit that a ref points at: from the mirror where it has
 * them, and otherwise from Bitbucket, after which the mirror has them.
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
   * What is at a path. Costs what the host's `readFile` does if the mirror does not have it, or
   * has it as a file that was too large and no longer is.
   *
   * @throws NotFoundError when the commit or the repository does not exist
   */
  async stat(
    path: string,
    context: RequestContext,
    { refetch = false }: LookupOptions = {},
  ): Promise<IndexedFile> {
    const { host, stores, name, lookups, ask } = this.#options;
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
    return refetch ? lookups.rerun(key, read) : lookups.share(key, read);
  }

  /** The content of a file that {@link CommitFiles.stat} has found. */
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
   * host's `findFiles` does if the mirror does not have the result.
   */
  async find(
    glob: PathGlob,
    context: RequestContext,
    { refetch = false }: LookupOptions = {},
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

  /** What the mirror has of the files, by path. */
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

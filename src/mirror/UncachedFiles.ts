import { PathGlob } from '../lib/globs';
import { ScmHost } from '../scm/ScmHost';
import {
  AtCommit,
  Repository,
  RequestContext,
  RequestMeter,
} from '../scm/types';
import { Stale } from './Refetch';
import { readContent } from './ContentStore';
import { IndexedFile } from './rows';

/** How to look at files. */
export type LookOptions = {
  /** Whether Bitbucket is asked although the index knows. Default false. */
  refetch?: boolean;
};

/** The files at a commit, wherever they come from. */
export type FilesAtCommit = {
  /** The full hash. */
  readonly commit: string;
  /** What is at a path. */
  look(
    path: string,
    context: RequestContext,
    options?: LookOptions,
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
    options?: LookOptions,
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

  async look(path: string, context: RequestContext): Promise<IndexedFile> {
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

/** What a look has come to, and whether the index said so. */
type Looked<T> = { result: T; isCached: boolean };

/**
 * The looks of one reading, which tells apart what it has asked Bitbucket for and
 * what the index had. "Nothing" that the index had is asked for once.
 */
export class OwnLooks {
  readonly #meter: RequestMeter;
  readonly #askedAt = new Set<string>();

  constructor({ meter }: RequestContext & { meter: RequestMeter }) {
    this.#meter = meter;
  }

  /**
   * @param stale - what Bitbucket is asked for again; undefined in the first attempt
   */
  async look<T>(
    { commit }: FilesAtCommit,
    stale: Stale | undefined,
    look: (options: LookOptions) => Promise<T>,
    isFound: (result: T) => boolean,
  ): Promise<Looked<T>> {
    const before = this.#meter.requests;
    let result = await look({ refetch: false });
    const isOwn = this.#meter.requests > before || this.#askedAt.has(commit);
    const isAgain = stale !== undefined && !isOwn && !isFound(result);
    if (isAgain) {
      result = await look({ refetch: true });
    }
    if (isOwn || isAgain) {
      this.#askedAt.add(commit);
    }
    return { result, isCached: !isOwn && !isAgain };
  }
}

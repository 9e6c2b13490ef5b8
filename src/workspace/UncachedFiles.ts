import { BitbucketClient, Repository, RequestContext } from '../bitbucket';
import { fetchFile } from './fetchFile';
import { IndexedFile } from './fileRows';
import { Commit, findFiles } from './files';
import { PathGlob } from './pathGlob';

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
  readonly #client: BitbucketClient;
  readonly #place: Commit;
  readonly #contents = new Map<string, Buffer>();

  constructor(
    client: BitbucketClient,
    { fullName }: Repository,
    commit: string,
  ) {
    const [workspace, repository] = fullName.split('/');
    this.commit = commit;
    this.#client = client;
    this.#place = { workspace, repository, hash: commit };
  }

  async look(path: string, context: RequestContext): Promise<IndexedFile> {
    const place = this.#place;
    const { content, ...file } = await fetchFile(
      this.#client,
      place,
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
    const { workspace, repository, hash } = this.#place;
    const place = [workspace, repository, hash, path] as const;
    return (
      this.#contents.get(path) ??
      (await this.#client.source.readFile(...place, context)).content
    );
  }

  async find(glob: PathGlob, context: RequestContext): Promise<string[]> {
    const found = await findFiles(this.#client, this.#place, glob, context);
    return found.sort();
  }
}

import { CommitFiles, LookupOptions } from '../mirror/CommitFiles';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { isFromFork, PullRequest } from '../scm/pullRequests';
import { createPathGlob } from '../lib/globs';
import { Repository, RequestContext, RequestMeter } from '../scm/types';
import { FileContent } from './checks/checkRequest';
import { RunError } from './outcomes';
import { RunRecord } from './records';

/** The files of a pull request: at its head, and on the branch that it is to be merged into. */
export class RunFiles {
  readonly #index: WorkspaceIndex;
  readonly #record: Pick<RunRecord, 'head'>;
  readonly #pullRequest: PullRequest;
  readonly #repository: Repository;
  readonly #context: RequestContext;

  /** @param options.record - has the full hash of the head before the first read */
  constructor(options: {
    index: WorkspaceIndex;
    record: Pick<RunRecord, 'head'>;
    pullRequest: PullRequest;
    /** That the pull request is to be merged into. */
    repository: Repository;
    context: RequestContext;
  }) {
    this.#index = options.index;
    this.#record = options.record;
    this.#pullRequest = options.pullRequest;
    this.#repository = options.repository;
    this.#context = options.context;
  }

  get isFork(): boolean {
    return isFromFork(this.#pullRequest, this.#repository.uuid);
  }

  /** The full name of the repository that has the head. */
  get headName(): string {
    const { source } = this.#pullRequest;
    return this.isFork && source.repository
      ? source.repository.fullName
      : this.#repository.fullName;
  }

  /** Whether only those who may see the repository see what is posted to the head. */
  async isPrivate(): Promise<boolean> {
    return (
      this.#repository.isPrivate && (await this.#headRepository()).isPrivate
    );
  }

  /**
   * Reads a file. Costs nothing for what the mirror knows.
   *
   * @param options.isListed - whether the host says that the pull request has the file
   * at its head. Default: it may not have it
   * @param options.isAdded - whether it says that the pull request adds it, so that the
   * host is not asked for it on the branch. Default: it may be there
   * @throws where two responses contradict each other, besides the host's errors
   */
  async read(
    side: 'head' | 'base',
    path: string,
    options: { isListed?: boolean; isAdded?: boolean } = {},
  ): Promise<FileContent> {
    const { isListed = false, isAdded = false } = options;
    if (side === 'base') {
      const branch = await this.openBase();
      const isKnown = async () => (await branch?.known())?.get(path)?.exists;
      return branch && (!isAdded || (await isKnown()))
        ? readFile(branch, path, this.#context)
        : { missing: 'absent' };
    }
    const files = await this.#openHead();
    const found = await readFile(files, path, this.#context);
    if (!isListed || !isAbsent(found)) {
      return found;
    }
    const again = await readFile(files, path, this.#context, { refetch: true });
    if (isAbsent(again)) {
      throw new RunError(
        `The pull request changes ${path}, but there is no such file at its head: two responses contradict each other`,
      );
    }
    return again;
  }

  /**
   * The paths of the files at the head that a pattern finds. Costs nothing for what the
   * mirror knows.
   *
   * @returns undefined where that takes more than a few requests
   */
  async find(pattern: string): Promise<string[] | undefined> {
    const files = await this.#openHead();
    const { context, limit } = limitRequests(this.#context, LISTING_REQUESTS);
    try {
      return await files.find(createPathGlob(pattern), context);
    } catch (error) {
      if (error === limit) {
        return undefined;
      }
      throw error;
    }
  }

  /** Reads a file of the repository that the pull request is to be merged into. */
  async readAt(commit: string, path: string): Promise<FileContent> {
    const files = await this.#open(this.#repository, commit);
    return readFile(files, path, this.#context);
  }

  async #openHead(): Promise<CommitFiles> {
    return this.#open(await this.#headRepository(), this.#record.head);
  }

  async #open(repository: Repository, commit: string): Promise<CommitFiles> {
    const { files } = this.#index;
    const found = await files.open(repository, commit, this.#context);
    if (!found) {
      throw new RunError(
        `There is no commit ${commit} in ${repository.fullName}`,
      );
    }
    return found;
  }

  async #headRepository(): Promise<Repository> {
    return this.isFork
      ? this.#index.repositories.find(this.headName, this.#context)
      : this.#repository;
  }

  /** The destination branch; undefined where there is none. */
  async openBase(): Promise<CommitFiles | undefined> {
    return this.#index.files.open(
      this.#repository,
      this.#pullRequest.destination.branch,
      this.#context,
      { branchOnly: true },
    );
  }
}

/** A listing of a large repository can take thousands, and anyone can ask for one. */
const LISTING_REQUESTS = 5;

/** @returns what the requests beyond so many are rejected with, too */
function limitRequests(
  context: RequestContext,
  most: number,
): { context: RequestContext; limit: Error } {
  const limit = new Error(`More than ${most} requests`);
  const controller = new AbortController();
  const { meter = new RequestMeter(), signal } = context;
  const begin = meter.requests;
  const limited: RequestMeter = {
    get requests() {
      return meter.requests;
    },
    set requests(requests) {
      meter.requests = requests;
      if (requests - begin > most) {
        controller.abort(limit);
      }
    },
  };
  return {
    context: {
      ...context,
      meter: limited,
      signal: AbortSignal.any([controller.signal, ...(signal ? [signal] : [])]),
    },
    limit,
  };
}

function isAbsent(file: FileContent): boolean {
  return 'missing' in file && file.missing === 'absent';
}

async function readFile(
  files: CommitFiles,
  path: string,
  context: RequestContext,
  options?: LookupOptions,
): Promise<FileContent> {
  const file = await files.stat(path, context, options);
  if (!file.exists) {
    return { missing: 'absent' };
  }
  if (file.isLfs) {
    return { missing: 'lfs' };
  }
  return file.hash === undefined
    ? { missing: 'too-large' }
    : { content: await files.read(path, file, context) };
}

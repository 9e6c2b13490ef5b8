import { CommitFiles, LookOptions } from '../mirror/CommitFiles';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { isFromFork, PullRequest } from '../scm/pullRequests';
import { Repository, RequestContext } from '../scm/types';
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
   * @param isListed - whether the host says that the pull request has the file at its head
   * @throws where two responses contradict each other, besides the host's errors
   */
  async read(
    side: 'head' | 'base',
    path: string,
    { isListed }: { isListed: boolean },
  ): Promise<FileContent> {
    if (side === 'base') {
      return this.#readBase(path);
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

  async #openHead(): Promise<CommitFiles> {
    const { head } = this.#record;
    const repository = await this.#headRepository();
    const files = await this.#index.files.open(repository, head, this.#context);
    if (!files) {
      throw new RunError(
        `There is no commit ${head} in ${repository.fullName}`,
      );
    }
    return files;
  }

  async #headRepository(): Promise<Repository> {
    return this.isFork
      ? this.#index.repositories.find(this.headName, this.#context)
      : this.#repository;
  }

  async #readBase(path: string): Promise<FileContent> {
    const files = await this.#index.files.open(
      this.#repository,
      this.#pullRequest.destination.branch,
      this.#context,
      { branchOnly: true },
    );
    return files ? readFile(files, path, this.#context) : { missing: 'absent' };
  }
}

function isAbsent(file: FileContent): boolean {
  return 'missing' in file && file.missing === 'absent';
}

async function readFile(
  files: CommitFiles,
  path: string,
  context: RequestContext,
  options?: LookOptions,
): Promise<FileContent> {
  const file = await files.look(path, context, options);
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

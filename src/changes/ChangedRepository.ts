import { selectionId } from '../mirror/RepositoryStore';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { isNotFoundError } from '../scm/errors';
import { RepositoryRef, RepositorySelection, ScmHost } from '../scm/ScmHost';
import { Repository, RequestContext } from '../scm/types';

/** What the changes room asks a host for. */
export type RepositoryHost = Pick<ScmHost, 'repository' | 'workspaceOf'>;

/**
 * A repository that something happened to, as the host has it now. One batch of
 * events has one of these for all subscribers: each question costs one request at
 * most, whichever subscriber needs the answer first, and the mirror learns each
 * answer once.
 *
 * Which questions there are depends on the subscriber. An entity provider needs the
 * repository in its own workspace, which may differ from the one that the delivery
 * names, and the name of a repository matters only where a file is registered under
 * it. So nothing is asked before a subscriber needs it.
 */
export class ChangedRepository {
  readonly uuid: string;
  /** As the last event names it. */
  readonly #fullName: string;
  readonly #host: RepositoryHost;
  readonly #index: WorkspaceIndex;
  readonly #context: RequestContext;
  /** By what was asked for. */
  readonly #answers = new Map<string, Promise<Repository | undefined>>();
  /** By selection. */
  readonly #current = new Map<string, Promise<Repository | undefined>>();

  constructor(options: {
    uuid: string;
    fullName: string;
    host: RepositoryHost;
    index: WorkspaceIndex;
    context: RequestContext;
  }) {
    this.uuid = options.uuid;
    this.#fullName = options.fullName;
    this.#host = options.host;
    this.#index = options.index;
    this.#context = options.context;
  }

  /**
   * The repository as it is now; undefined where the workspace of the selection has none
   * with this uuid. The selection learns the answer, and what has failed for the
   * repository may be tried again at once.
   */
  async current(
    selection: RepositorySelection,
  ): Promise<Repository | undefined> {
    const id = selectionId(selection);
    const repository = await memoised(this.#current, id, () =>
      this.#askCurrent(selection),
    );
    await this.#index.failing.retryNow(this.uuid);
    return repository;
  }

  /**
   * The repository that has a full name now, which may be another one than the
   * delivery says; undefined where there is none.
   */
  async byName(fullName: string): Promise<Repository | undefined> {
    const repository = await this.#ask({ by: 'name', fullName });
    if (repository) {
      await this.#index.repositories.learn(
        { workspace: this.#host.workspaceOf(fullName) },
        repository.uuid,
        repository,
      );
    }
    return repository;
  }

  async #askCurrent(
    selection: RepositorySelection,
  ): Promise<Repository | undefined> {
    const workspace = selection.workspace.toLowerCase();
    const repository = await this.#ask({
      by: 'id',
      id: this.uuid,
      workspace,
      fullName: this.#fullName,
    });
    await this.#index.repositories.learn(selection, this.uuid, repository);
    return repository;
  }

  #ask(ref: RepositoryRef): Promise<Repository | undefined> {
    return memoised(this.#answers, JSON.stringify(ref), async () => {
      try {
        return await this.#host.repository(ref, this.#context);
      } catch (error) {
        if (isNotFoundError(error) && error.missing === 'repository') {
          return undefined;
        }
        throw error;
      }
    });
  }
}

function memoised<T>(
  answers: Map<string, Promise<T>>,
  key: string,
  ask: () => Promise<T>,
): Promise<T> {
  const answer = answers.get(key) ?? ask();
  answers.set(key, answer);
  return answer;
}

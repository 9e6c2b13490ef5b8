import { BitbucketClient, Repository, RequestContext } from '../bitbucket';
import { carryOver } from './carryOver';
import { CommitFiles } from './CommitFiles';
import { IndexedFile, KnownFiles, KnownRef, RefName } from './fileRows';
import { FileStore } from './FileStore';
import { findCommit } from './findCommit';
import { hashOf } from './hash';
import { InFlight } from './InFlight';
import { keepFile } from './keepFile';

/** How to look a ref up. */
export type OpenOptions = {
  /** Whether tags and hashes are left out of account. Default false. */
  branchOnly?: boolean;
  /** Whether Bitbucket is asked although the ref is known. Default false. */
  anew?: boolean;
};

/** The files of repositories, as far as anyone has asked for them. */
export class FileIndex {
  readonly #client: BitbucketClient;
  readonly #store: () => Promise<FileStore>;
  readonly #now: () => number;
  readonly #opening = new InFlight<CommitFiles | undefined>();
  readonly #looks = new InFlight<IndexedFile>();

  constructor(options: {
    client: BitbucketClient;
    store: () => Promise<FileStore>;
    now: () => number;
  }) {
    this.#client = options.client;
    this.#store = options.store;
    this.#now = options.now;
  }

  /**
   * The files at a ref of a repository.
   *
   * Costs nothing for the main branch, whose head comes with the repository, as
   * long as that does not move, and for a commit. Other refs are asked for when
   * the repository was updated. A ref that has moved costs what `carryOver` does.
   *
   * @param repository - as fresh as the answer is to be
   * @returns undefined when there is no such ref
   */
  async open(
    repository: Repository,
    ref: string,
    context: RequestContext,
    options: OpenOptions = {},
  ): Promise<CommitFiles | undefined> {
    const { fullName, updatedOn } = repository;
    const name = { fullName, ref };
    const key = hashOf(fullName, ref, `${options.anew ?? false}`);
    return this.#opening.share(key, async () => {
      const store = await this.#store();
      const known = await store.ref(name);
      const commit = await this.#commitOf(
        repository,
        ref,
        known,
        context,
        options,
      );
      if (known?.commit !== commit || known?.updatedOn !== updatedOn) {
        await this.#point(name, known, { commit, updatedOn }, context);
      }
      return commit === undefined
        ? undefined
        : new CommitFiles({
            client: this.#client,
            store,
            looks: this.#looks,
            name,
            commit,
          });
    });
  }

  /** All that is known of some refs, without asking Bitbucket. */
  async known(names: RefName[]): Promise<Map<RefName, KnownFiles>> {
    const store = await this.#store();
    return store.load(names);
  }

  /** The refs of a repository that someone has asked for before. */
  async refNames(fullName: string): Promise<string[]> {
    const store = await this.#store();
    return store.refNames(fullName);
  }

  async #commitOf(
    repository: Repository,
    ref: string,
    known: KnownRef | undefined,
    context: RequestContext,
    { branchOnly = false, anew = false }: OpenOptions,
  ): Promise<string | undefined> {
    const { mainBranch, updatedOn } = repository;
    if (!anew && ref === mainBranch?.name && mainBranch.hash) {
      return mainBranch.hash;
    }
    if (!anew && known && updatedOn && known.updatedOn === updatedOn) {
      return known.commit;
    }
    return findCommit(this.#client, repository, ref, context, { branchOnly });
  }

  async #point(
    name: RefName,
    from: KnownRef | undefined,
    to: KnownRef,
    context: RequestContext,
  ): Promise<void> {
    const store = await this.#store();
    if (!from?.commit || !to.commit || from.commit === to.commit) {
      await store.point(name, to, this.#now());
      return;
    }
    const known = (await store.load([name])).get(name);
    const [workspace, repository] = name.fullName.split('/');
    const commit = { workspace, repository, hash: to.commit };
    const carried =
      known &&
      (await carryOver(
        this.#client,
        known,
        commit,
        path => keepFile(this.#client, store, commit, path, context),
        context,
      ));
    await store.point(name, to, this.#now(), carried);
  }
}

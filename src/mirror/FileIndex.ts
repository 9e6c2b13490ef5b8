import { SingleFlight } from '../lib/sharing';
import { hashOf } from '../lib/text';
import { ScmHost } from '../scm/ScmHost';
import { FoundRef, Repository, RequestContext } from '../scm/types';
import { CommitFiles } from './CommitFiles';
import { keepFile, KeptFile } from './ContentStore';
import { FailingRepositories } from './FailingRepositories';
import { FileStores, ForgetOptions } from './FileStore';
import { carryOver } from './carryOver';
import { comesWith, currentRef, longestCurrentRef } from './currentRef';
import { CachedFiles, CachedRef, IndexedFile, RefName } from './rows';

/** How to look a ref up. */
export type OpenOptions = {
  /** Whether tags and hashes are left out of account. Default false. */
  branchOnly?: boolean;
  /** Whether Bitbucket is asked although the ref is known. Default false. */
  refetch?: boolean;
};

/**
 * What says what a ref points at: Bitbucket, asked for this look-up, or the name
 * itself, which is a commit; the repository, for its main branch; or the mirror.
 */
type RefSource = 'bitbucket' | 'repository' | 'index';

/** A ref, or that there is none, and what says so. */
export type RefLookup = { opened?: OpenedRef; source: RefSource };

/** A ref that was found, and what is there. */
type OpenedRef = { ref: string; files: CommitFiles };

/** The files of repositories, as far as anyone has asked for them. */
export class FileIndex {
  /** What fails for single repositories, so that it is not repeated all the time. */
  readonly failing: FailingRepositories;
  readonly #host: ScmHost;
  readonly #stores: () => Promise<FileStores>;
  readonly #now: () => number;
  readonly #branches = new SingleFlight<CommitFiles | undefined>();
  readonly #refs = new SingleFlight<RefLookup>();
  readonly #lookups = new SingleFlight<IndexedFile>();

  constructor(options: {
    host: ScmHost;
    stores: () => Promise<FileStores>;
    failing: FailingRepositories;
    now: () => number;
  }) {
    this.failing = options.failing;
    this.#host = options.host;
    this.#stores = options.stores;
    this.#now = options.now;
  }

  /**
   * The files at a ref of a repository.
   *
   * Costs nothing for the main branch, whose head comes with the repository, as
   * long as that does not move, for a tag that is known and for a commit. Other
   * refs are asked for when the repository was updated. A ref that has moved costs
   * what `carryOver` does.
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
    if (!options.branchOnly) {
      const found = await this.openLongest(repository, [ref], context, options);
      return found?.files;
    }
    const { fullName, updatedOn } = repository;
    const { refetch = false } = options;
    return this.#branches.share(
      hashOf(fullName, ref, `${refetch}`),
      async () => {
        const name = { fullName, ref };
        const stores = await this.#stores();
        const known = await stores.refs.ref(name);
        const isTag = known?.kind === 'tag';
        const current =
          refetch || isTag ? undefined : currentRef(repository, ref, known);
        const commit = current
          ? current.commit
          : await this.failing.ask(repository, { kind: 'refs', of: ref }, () =>
              this.#host.branch(repository, ref, context),
            );
        // Readers go on with the tag of that name.
        if (!isTag || commit !== undefined) {
          const to = { commit, updatedOn, kind: 'branch' } as const;
          await this.#point(repository, ref, known, to, context);
        }
        return commit === undefined
          ? undefined
          : this.#filesAt(stores, repository, ref, commit);
      },
    );
  }

  /**
   * The files at the ref with the longest of some names, such as `feature` and
   * `feature/x`. Costs what {@link FileIndex.open} does, for all of them together.
   *
   * @param names - the shortest first, which may be a hash too
   * @returns undefined when there is no such ref
   */
  async openLongest(
    repository: Repository,
    names: string[],
    context: RequestContext,
    options: Pick<OpenOptions, 'refetch'> = {},
  ): Promise<OpenedRef | undefined> {
    return (await this.lookUpRef(repository, names, context, options)).opened;
  }

  /** The same, with the source of the answer. */
  async lookUpRef(
    repository: Repository,
    names: string[],
    context: RequestContext,
    { refetch = false }: Pick<OpenOptions, 'refetch'> = {},
  ): Promise<RefLookup> {
    const { fullName, mainBranch } = repository;
    const key = hashOf(
      fullName,
      mainBranch?.hash ?? '',
      ...names,
      `${refetch}`,
    );
    let isOwn = false;
    const open = () => {
      isOwn = true;
      return this.#openLongest(repository, names, context, refetch);
    };
    // What is under way may have been asked for before this look-up began.
    const found = await (refetch
      ? this.#refs.rerun(key, open)
      : this.#refs.share(key, open));
    return isOwn || found.source === 'repository'
      ? found
      : { ...found, source: 'index' };
  }

  async #openLongest(
    repository: Repository,
    names: string[],
    context: RequestContext,
    refetch: boolean,
  ): Promise<RefLookup> {
    const { fullName, updatedOn } = repository;
    const stores = await this.#stores();
    const known = await stores.refs.refs(fullName, names);
    const current = refetch
      ? undefined
      : longestCurrentRef(repository, names, known);
    const found =
      current ??
      (await this.failing.ask(
        repository,
        { kind: 'refs', of: names.join(' ') },
        () => this.#host.resolveRef(repository, names, context),
      )) ??
      'gone';
    if (found === 'gone') {
      for (const ref of names) {
        const gone = { commit: undefined, updatedOn };
        await this.#point(repository, ref, known.get(ref), gone, context);
      }
      return { source: current ? 'index' : 'bitbucket' };
    }
    const { name: ref, hash: commit, kind } = found;
    const to = { commit, updatedOn, kind };
    await this.#point(repository, ref, known.get(ref), to, context);
    const files = this.#filesAt(stores, repository, ref, commit);
    return {
      opened: { ref, files },
      source: current ? sourceOf(repository, found) : 'bitbucket',
    };
  }

  /** All that is known of some refs, without asking Bitbucket. */
  async known(names: RefName[]): Promise<Map<RefName, CachedFiles>> {
    const stores = await this.#stores();
    return stores.files.load(names);
  }

  /** Drops what says that a ref, or a file at it, does not exist. */
  async forgetAbsent(
    name: RefName,
    options: ForgetOptions = {},
  ): Promise<void> {
    const stores = await this.#stores();
    await stores.files.forgetAbsent(name, options);
  }

  /**
   * The files at paths that entity providers have emitted, whose contents are kept and
   * hold one of some texts. Costs no request.
   */
  async emittedWith(texts: readonly string[]): Promise<KeptFile[]> {
    const stores = await this.#stores();
    return stores.contents.emittedWith(texts);
  }

  /** The refs of a repository that someone has asked for before. */
  async refNames(fullName: string): Promise<string[]> {
    const stores = await this.#stores();
    return stores.refs.names(fullName);
  }

  #filesAt(
    stores: FileStores,
    repository: Repository,
    ref: string,
    commit: string,
  ): CommitFiles {
    return new CommitFiles({
      host: this.#host,
      stores,
      lookups: this.#lookups,
      name: { fullName: repository.fullName, ref },
      commit,
      ask: (of, send) =>
        this.failing.ask(repository, { kind: 'files', of }, send),
      now: this.#now,
    });
  }

  /** Saves what a ref points at, with the files that stay the same, if it has changed. */
  async #point(
    repository: Repository,
    ref: string,
    from: CachedRef | undefined,
    to: CachedRef,
    context: RequestContext,
  ): Promise<void> {
    if (
      from &&
      from.commit === to.commit &&
      from.updatedOn === to.updatedOn &&
      from.kind === to.kind
    ) {
      return;
    }
    const { fullName } = repository;
    const name = { fullName, ref };
    const stores = await this.#stores();
    if (!from?.commit || !to.commit || from.commit === to.commit) {
      await stores.refs.point(name, to, this.#now());
      return;
    }
    const known = (await stores.files.load([name])).get(name);
    const commit = { fullName, hash: to.commit };
    const readFile = (path: string) =>
      this.failing.ask(repository, { kind: 'files', of: path }, () =>
        keepFile(this.#host, stores.contents, commit, path, context),
      );
    const carried =
      known &&
      (await carryOver(this.#host, known, commit, readFile, context, send =>
        this.failing.ask(repository, { kind: 'changes', of: ref }, send),
      ));
    await stores.refs.point(name, to, this.#now(), carried);
  }
}

/** What says what a ref points at that Bitbucket was not asked for. */
function sourceOf(repository: Repository, ref: FoundRef): RefSource {
  if (ref.name === ref.hash) {
    return 'bitbucket';
  }
  return comesWith(repository, ref) ? 'repository' : 'index';
}

import { addTo, batchWrites } from '../lib/batching';
import { SingleFlight } from '../lib/sharing';
import { RepositorySelection, ScmHost } from '../scm/ScmHost';
import { isNotFoundError } from '../scm/errors';
import { Repository, RequestContext } from '../scm/types';
import { DueHeads } from './DueHeads';
import { CachedName, NameStore } from './NameStore';
import {
  RepositoryFound,
  RepositoryLookup,
  RepositoryOptions,
} from './RepositoryLookup';
import {
  FoundRepository,
  RepositoryStore,
  selectionId,
} from './RepositoryStore';
import { Listing, ListingState, ListingStore, readListing } from './fullList';
import { IndexedRepository } from './rows';

/** Where {@link RepositoryIndex} keeps what it knows. */
type RepositoryStores = {
  repositories: RepositoryStore;
  names: NameStore;
  listings: ListingStore;
};

/** Gives repositories of a selection as they are known, and as Bitbucket has them now. */
export type RepositorySource = {
  byUuid(
    selection: RepositorySelection,
    uuids: string[],
  ): Promise<IndexedRepository[]>;
  ask(
    selection: RepositorySelection,
    id: string,
    context: RequestContext,
    lastName?: string,
  ): Promise<Repository>;
  askMainBranch(
    selection: RepositorySelection,
    repository: Repository,
    context: RequestContext,
  ): Promise<Repository>;
  heads: Pick<DueHeads, 'settled'>;
};

/** A repository that the host has described by itself. */
type Learned = { selection: RepositorySelection; repository: Repository };

/** The repositories of workspaces, as Bitbucket last described them. */
export class RepositoryIndex implements RepositorySource {
  /** Those that walks request one by one. */
  readonly heads: DueHeads;
  readonly #host: ScmHost;
  readonly #stores: () => Promise<RepositoryStores>;
  readonly #now: () => number;
  readonly #refreshing = new SingleFlight<void>();
  readonly #lookup: RepositoryLookup;

  constructor(options: {
    host: ScmHost;
    heads: DueHeads;
    stores: () => Promise<RepositoryStores>;
    freshnessMs: number;
    now: () => number;
  }) {
    this.#host = options.host;
    this.heads = options.heads;
    this.#stores = options.stores;
    this.#now = options.now;
    this.#lookup = new RepositoryLookup({
      ...options,
      headAgeMs: workspace => this.heads.readerAgeMs(workspace),
      // Without the reader's signal, since others wait for it too.
      refresh: async selection => {
        let isOwn = false;
        await this.#refreshing.share(selectionId(selection), () => {
          isOwn = true;
          return this.#readUpdates(selection, {});
        });
        return isOwn;
      },
    });
  }

  /** Asks what was updated since the last time. One request per 100 repositories. */
  async refresh(
    selection: RepositorySelection,
    context: RequestContext,
  ): Promise<void> {
    await this.#refreshing.rerun(selectionId(selection), () =>
      this.#readUpdates(selection, context),
    );
  }

  /** Reads the full list, or goes on with it, if it is time to. */
  async list(listing: Listing, context: RequestContext): Promise<ListingState> {
    const stores = await this.#stores();
    return readListing(this.#host, stores, listing, this.#now, context);
  }

  /** Counts the changes of a selection. */
  async version(selection: RepositorySelection): Promise<number> {
    const { repositories } = await this.#stores();
    return (await repositories.state(selection)).version;
  }

  /** What is known of a selection, or what of it changed after a version. */
  async known(
    selection: RepositorySelection,
    after?: number,
  ): Promise<IndexedRepository[]> {
    const { repositories } = await this.#stores();
    return repositories.list(selection, after);
  }

  /** Those of a selection that have some uuids, as far as they are known. */
  async byUuid(
    selection: RepositorySelection,
    uuids: string[],
  ): Promise<IndexedRepository[]> {
    const { repositories } = await this.#stores();
    return repositories.byUuid(selection, uuids);
  }

  /** Which repositories have, or last had, some full names. */
  async names(fullNames: string[]): Promise<Map<string, CachedName>> {
    const { names } = await this.#stores();
    return names.uuids(fullNames);
  }

  /** The full names that a repository has, or had, in lower case. */
  async namesOf(uuid: string): Promise<string[]> {
    const { names } = await this.#stores();
    return names.namesOf(uuid);
  }

  /** The repository that has, or last had, a full name, and the selection that it is in. */
  async byName(fullName: string): Promise<FoundRepository | undefined> {
    const { repositories } = await this.#stores();
    return repositories.byFullName(fullName);
  }

  /**
   * Asks for a repository of a selection by itself. One request.
   *
   * @param lastName - a full name that it had, where it has been forgotten
   * @throws NotFoundError when it is gone, and then it is forgotten
   */
  async ask(
    selection: RepositorySelection,
    id: string,
    context: RequestContext,
    lastName?: string,
  ): Promise<Repository> {
    const { workspace } = selection;
    const [known] = await this.byUuid(selection, [id]);
    const fullName = known?.fullName ?? lastName;
    const ref = { by: 'id', id, workspace, fullName } as const;
    return this.#learnFrom(selection, id, () =>
      this.#host.repository(ref, context),
    );
  }

  /**
   * Asks for the main branch of a repository that the list left out. One request.
   *
   * @throws NotFoundError when the repository is gone, and then it is forgotten
   */
  async askMainBranch(
    selection: RepositorySelection,
    repository: Repository,
    context: RequestContext,
  ): Promise<Repository> {
    return this.#learnFrom(selection, repository.uuid, async () => ({
      ...repository,
      mainBranch: await this.#host.defaultBranch(repository, context),
    }));
  }

  /** Keeps what a request says of a repository, also that there is none. */
  async #learnFrom(
    selection: RepositorySelection,
    uuid: string,
    send: () => Promise<Repository>,
  ): Promise<Repository> {
    try {
      return await this.#learn({ selection, repository: await send() });
    } catch (error) {
      if (isNotFoundError(error) && error.missing === 'repository') {
        await this.learn(selection, uuid, undefined);
      }
      throw error;
    }
  }

  /**
   * Notes what someone has asked Bitbucket for a moment ago.
   *
   * @param repository - undefined where there is none
   */
  async learn(
    selection: RepositorySelection,
    uuid: string,
    repository: Repository | undefined,
  ): Promise<void> {
    if (repository) {
      await this.#learn({ selection, repository });
    } else {
      await this.forget(selection, uuid);
    }
  }

  /**
   * Gives what the host has said, with the stamp that it is kept under. What was known
   * before is not added: it must not confirm itself.
   */
  readonly #learn = batchWrites(async (learned: readonly Learned[]) => {
    const { repositories } = await this.#stores();
    const askedAt = this.#now();
    const bySelection = new Map<string, Learned[]>();
    for (const one of learned) {
      addTo(bySelection, selectionId(one.selection), one);
    }
    const kept = new Map<Learned, Repository>();
    for (const group of bySelection.values()) {
      const saved = await repositories.save(
        group[0].selection,
        group.map(({ repository }) => repository),
        askedAt,
      );
      for (const one of group) {
        const updatedOn = saved.get(one.repository.uuid);
        kept.set(one, { ...one.repository, updatedOn });
      }
    }
    return learned.map(one => kept.get(one)!);
  });

  /**
   * Asks for the repositories of a project that a selection shows. One request per
   * 100 of them.
   */
  async askProject(
    selection: RepositorySelection,
    projectKey: string,
    context: RequestContext,
  ): Promise<Repository[]> {
    const { repositories } = await this.#stores();
    const found: Repository[] = [];
    for await (const page of this.#host.projectRepositories(
      selection,
      projectKey,
      context,
    )) {
      await repositories.save(selection, page, this.#now());
      found.push(...page);
    }
    return found;
  }

  /** Lets Bitbucket be asked again for all that has failed, or was not there. */
  forgetFailures(): void {
    this.#lookup.forgetFailures();
  }

  /** Forgets a repository that a selection no longer shows. */
  async forget(selection: RepositorySelection, uuid: string): Promise<void> {
    const { repositories } = await this.#stores();
    await repositories.forget(selection, uuid);
  }

  /**
   * A repository, as fresh as readers are promised; see
   * {@link RepositoryLookup.find}.
   */
  async find(fullName: string, context: RequestContext): Promise<Repository> {
    const { repository } = await this.lookUp(fullName, context);
    return repository;
  }

  /** The same, with whether it comes from the mirror. */
  async lookUp(
    fullName: string,
    context: RequestContext,
    options?: RepositoryOptions,
  ): Promise<RepositoryFound> {
    return this.#lookup.find(fullName, context, options);
  }

  /** A host that does not say what was updated is asked for each repository by itself. */
  async #readUpdates(
    selection: RepositorySelection,
    context: RequestContext,
  ): Promise<void> {
    if (!this.#host.changedSince) {
      return;
    }
    const { repositories: stored } = await this.#stores();
    const askedAt = this.#now();
    let { cursor, refreshedAt } = await stored.state(selection);
    for await (const page of this.#host.changedSince(
      selection,
      cursor,
      context,
    )) {
      await stored.save(selection, page.repositories, askedAt);
      cursor = page.cursor ?? cursor;
      // Should a later page fail, the next call goes on from here.
      await stored.markRefreshed(selection, { cursor, refreshedAt });
    }
    refreshedAt = askedAt;
    await stored.markRefreshed(selection, { cursor, refreshedAt });
    this.#lookup.forgetFailure(selection);
  }
}

import { BuildStatuses } from './buildStatuses';
import { history } from './history';
import { sha1 } from './ids';
import type { NewRepository } from './newRepository';
import type { Project } from './project';
import type { SimulatedPullRequest } from './pullRequest';
import { Reports } from './reports';
import { Changes, changedTree, emptyTree, Tree } from './tree';
import type { SimulatedWorkspace } from './workspace';

export type Commit = {
  /** 40 hexadecimal digits. */
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly date: number;
  readonly message: string;
  readonly parents: readonly Commit[];
  readonly tree: Tree;
};

/** What the branches and tags of a repository name. */
export type Refs = {
  branches: ReadonlyMap<string, Commit>;
  tags: ReadonlyMap<string, Commit>;
};

export type PushOptions = {
  /** Default: the main branch, or `main` in an empty repository. */
  branch?: string;
  message?: string;
  /** Puts the commit in the place of the head, as after an amended commit. */
  force?: boolean;
  /** Milliseconds since the epoch. Default: now. */
  date?: number;
};

const SHORTEST_HASH = 7;

/** A repository as it stands; it is changed through its workspace. */
export class SimulatedRepository {
  readonly uuid: string;
  slug: string;
  name: string;
  description: string;
  language: string;
  isPrivate: boolean;
  project: Project;
  /** The repository it was forked from. */
  parent?: SimulatedRepository;
  /** Undefined while the repository is empty. */
  mainBranch?: string;
  /** Milliseconds since the epoch. */
  readonly createdOn: number;
  /** Moves with commits, branches and tags only. */
  updatedOn: number;
  readonly branches = new Map<string, Commit>();
  readonly tags = new Map<string, Commit>();
  /** Those with changes for it, oldest first. */
  readonly pullRequests: SimulatedPullRequest[] = [];
  /** With those that are not there any more. */
  pullRequestsOpened = 0;
  /** Those with changes from it, for itself or for another repository. */
  readonly pullRequestsFrom: SimulatedPullRequest[] = [];
  readonly reports = new Reports();
  readonly buildStatuses = new BuildStatuses();
  isDeleted = false;
  /** Read-only, as Bitbucket Data Center has it. */
  isArchived = false;
  private readonly commits = new Map<string, Commit>();
  private commitsMade = 0;

  constructor(
    public workspace: SimulatedWorkspace,
    options: Omit<NewRepository, 'project'> & {
      uuid: string;
      project: Project;
      parent?: SimulatedRepository;
      createdOn: number;
    },
  ) {
    this.uuid = options.uuid;
    this.slug = options.slug;
    this.name = options.name ?? options.slug;
    this.description = options.description ?? '';
    this.language = options.language ?? '';
    this.isPrivate = options.isPrivate ?? false;
    this.project = options.project;
    this.parent = options.parent;
    this.createdOn = options.createdOn;
    this.updatedOn = options.createdOn;
  }

  get fullName(): string {
    return `${this.workspace.slug}/${this.slug}`;
  }

  /** Head of the main branch. */
  get head(): Commit | undefined {
    return this.mainBranch === undefined
      ? undefined
      : this.branches.get(this.mainBranch);
  }

  /** Bytes at the head of the main branch. */
  get size(): number {
    let size = 0;
    for (const file of (this.head?.tree ?? emptyTree).values()) {
      size += file.content.length;
    }
    return size;
  }

  /** A copy of the branches and tags as they are now. */
  get refs(): Refs {
    return { branches: new Map(this.branches), tags: new Map(this.tags) };
  }

  /** The commit that a branch, a tag or a hash of at least 7 digits names. */
  resolve(revision: string): Commit | undefined {
    return (
      this.branches.get(revision) ??
      this.tags.get(revision) ??
      this.commits.get(revision) ??
      this.abbreviated(revision)
    );
  }

  private abbreviated(hash: string): Commit | undefined {
    if (hash.length < SHORTEST_HASH) {
      return undefined;
    }
    for (const commit of this.commits.values()) {
      if (commit.hash.startsWith(hash)) {
        return commit;
      }
    }
    return undefined;
  }

  /** @returns the commit, which is the new head of the branch */
  push(changes: Changes, options: PushOptions & { date: number }): Commit {
    const branch = options.branch ?? this.mainBranch ?? 'main';
    const head = this.branches.get(branch) ?? this.head;
    const parents = head ? [head] : [];
    const commit = this.commit({
      parents: options.force ? (head?.parents ?? []) : parents,
      tree: changedTree(head?.tree ?? emptyTree, changes),
      message: options.message ?? `Change ${Object.keys(changes).join(', ')}`,
      date: options.date,
      paths: Object.keys(changes),
    });
    this.mainBranch ??= branch;
    this.branches.set(branch, commit);
    this.updatedOn = options.date;
    return commit;
  }

  /** Makes a commit of two parents, the new head of the branch. */
  merge(
    branch: string,
    source: Commit,
    options: { tree: Tree; message: string; date: number },
  ): Commit {
    const head = this.branches.get(branch);
    this.adopt(source);
    const parents = head ? [head, source] : [source];
    const commit = this.commit({ ...options, parents, paths: [] });
    this.branches.set(branch, commit);
    this.updatedOn = options.date;
    return commit;
  }

  /** Takes over the branches, tags and commits of another repository. */
  copy(other: SimulatedRepository, date: number): void {
    for (const refs of ['branches', 'tags'] as const) {
      this[refs].clear();
      for (const [name, commit] of other[refs]) {
        this.adopt(commit);
        this[refs].set(name, commit);
      }
    }
    this.mainBranch = other.mainBranch;
    this.updatedOn = date;
  }

  private adopt(head: Commit): void {
    history(head).forEach(commit => this.commits.set(commit.hash, commit));
  }

  createRef(
    refs: Map<string, Commit>,
    name: string,
    options: { from?: string; date: number },
  ): Commit {
    const from = options.from ?? this.mainBranch ?? 'HEAD';
    const commit = this.resolve(from);
    if (!commit) {
      throw new Error(`${this.fullName} has no ${from}`);
    }
    refs.set(name, commit);
    this.updatedOn = options.date;
    return commit;
  }

  deleteBranch(name: string, date: number): void {
    this.assertBranch(name);
    this.branches.delete(name);
    this.updatedOn = date;
  }

  /** @param options - with `absent`, the branch need not be there */
  setMainBranch(name: string, options: { absent?: boolean } = {}): void {
    if (!options.absent) {
      this.assertBranch(name);
    }
    this.mainBranch = name;
  }

  /** Forgets every commit, branch and tag. */
  empty(date: number): void {
    this.branches.clear();
    this.tags.clear();
    this.commits.clear();
    this.mainBranch = undefined;
    this.updatedOn = date;
  }

  private assertBranch(name: string): void {
    if (!this.branches.has(name)) {
      throw new Error(`${this.fullName} has no branch ${name}`);
    }
  }

  private commit({
    paths,
    ...commit
  }: Omit<Commit, 'hash'> & { paths: string[] }): Commit {
    this.commitsMade += 1;
    const hash = sha1(
      this.uuid,
      String(this.commitsMade),
      commit.message,
      ...commit.parents.map(parent => parent.hash),
      ...paths.map(
        path => `${path} ${commit.tree.get(path)?.hash ?? 'removed'}`,
      ),
    );
    const made: Commit = { hash, ...commit };
    this.commits.set(hash, made);
    return made;
  }
}

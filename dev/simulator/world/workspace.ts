import type { WorkspaceEvent, WorkspaceListener } from './events';
import { Hooks } from './hooks';
import { uuid } from './ids';
import type { NewRepository } from './newRepository';
import { Project, Projects } from './project';
import { PullRequests } from './pullRequests';
import { Commit, PushOptions, SimulatedRepository } from './repository';
import type { Changes } from './tree';

/**
 * A workspace and everything in it. Every method that changes it moves
 * {@link SimulatedWorkspace.revision}, and notifies the listeners if webhooks
 * have a name for what happened; what depends on chance or time is
 * derived from names, contents and the order of changes, so that a run can be
 * repeated.
 */
export class SimulatedWorkspace {
  readonly uuid: string;
  slug: string;
  name: string;
  /** Counts the changes made so far. */
  revision = 0;
  /** Clock that dates commits. */
  now: () => number = Date.now;
  readonly hooks: Hooks;
  /** Changes the pull requests to its repositories. */
  readonly pullRequests: PullRequests;
  private readonly ownProjects: Projects;
  private readonly repositoriesBySlug = new Map<string, SimulatedRepository>();
  private readonly listeners = new Set<WorkspaceListener>();
  private repositoriesMade = 0;
  /** What {@link SimulatedWorkspace.pushTogether} is pushing to. */
  private pushing?: SimulatedRepository;

  constructor(options: {
    slug: string;
    name?: string;
    projects?: { key: string; name: string }[];
  }) {
    this.slug = options.slug;
    this.name = options.name ?? options.slug;
    this.uuid = uuid('workspace', options.slug);
    this.ownProjects = new Projects(this.uuid);
    this.hooks = new Hooks(this.uuid, () => this.now());
    this.pullRequests = new PullRequests({
      repository: slug => this.repository(slug),
      now: () => this.now(),
      changed: event => this.changed(event),
      pushed: (slug, change) => this.pushed(slug, change),
    });
    for (const project of options.projects ?? []) {
      this.addProject(project);
    }
  }

  /** In the order in which they were added. */
  get repositories(): SimulatedRepository[] {
    return [...this.repositoriesBySlug.values()];
  }

  get projects(): Project[] {
    return this.ownProjects.all;
  }

  /** @throws Error when there is none of this slug or `{uuid}` */
  repository(slugOrUuid: string): SimulatedRepository {
    const repository = this.findRepository(slugOrUuid);
    if (!repository) {
      throw new Error(`${this.slug} has no repository ${slugOrUuid}`);
    }
    return repository;
  }

  findRepository(slugOrUuid: string): SimulatedRepository | undefined {
    if (!slugOrUuid.startsWith('{')) {
      return this.repositoriesBySlug.get(slugOrUuid.toLowerCase());
    }
    for (const repository of this.repositoriesBySlug.values()) {
      if (repository.uuid === slugOrUuid) {
        return repository;
      }
    }
    return undefined;
  }

  /** @returns stops listening */
  onEvent(listener: WorkspaceListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  rename(slug: string): void {
    this.slug = slug;
    this.changed();
  }

  addProject(project: { key: string; name: string }): Project {
    const added = this.ownProjects.add(project);
    this.changed();
    return added;
  }

  /** Gives a project another key, another name or both. */
  updateProject(key: string, change: { key?: string; name?: string }): void {
    const project = this.ownProjects.find(key);
    if (!project) {
      throw new Error(`${this.slug} has no project ${key}`);
    }
    const before = { key, name: project.name };
    Object.assign(project, change);
    this.changed({ key: 'project:updated', project, before });
  }

  addRepository(options: NewRepository): SimulatedRepository {
    if (this.repositoriesBySlug.has(options.slug)) {
      throw new Error(`${this.slug} already has a repository ${options.slug}`);
    }
    this.repositoriesMade += 1;
    const { forkOf } = options;
    const repository = new SimulatedRepository(this, {
      ...options,
      // The count keeps a repository that is removed and made again apart.
      uuid: uuid('repository', this.uuid, String(this.repositoriesMade)),
      project: this.ownProjects.findOrAdd(options.project),
      parent: typeof forkOf === 'string' ? this.repository(forkOf) : forkOf,
      createdOn: options.createdOn ?? this.now(),
    });
    this.repositoriesBySlug.set(repository.slug, repository);
    this.changed({ key: 'repo:created', repository });
    if (options.files) {
      this.push(repository.slug, options.files, {
        branch: options.mainBranch,
        message: 'Initial commit',
        date: repository.createdOn,
      });
    }
    return repository;
  }

  /** Makes a repository with the branches, tags and commits of another one. */
  forkRepository(
    parent: SimulatedRepository,
    options: Omit<NewRepository, 'forkOf' | 'files' | 'mainBranch'>,
  ): SimulatedRepository {
    const fork = this.addRepository({ ...options, forkOf: parent });
    this.copyRefs(fork.slug, parent);
    return fork;
  }

  /** Gives a repository the branches, tags and commits of another one, and no others. */
  copyRefs(slug: string, from: SimulatedRepository): void {
    this.pushed(slug, (repository, date) => repository.copy(from, date));
  }

  removeRepository(slug: string): void {
    const repository = this.takeOut(slug);
    repository.isDeleted = true;
    this.changed({ key: 'repo:deleted', repository });
  }

  renameRepository(slug: string, newSlug: string, newName = newSlug): void {
    this.update(slug, repository => {
      this.repositoriesBySlug.delete(repository.slug);
      repository.slug = newSlug;
      repository.name = newName;
      this.repositoriesBySlug.set(newSlug, repository);
    });
  }

  /** Moves a repository to another workspace; it keeps its uuid. */
  transferRepository(slug: string, to: SimulatedWorkspace): void {
    const repository = this.takeOut(slug);
    repository.workspace = to;
    repository.project = to.ownProjects.findOrAdd(undefined);
    to.repositoriesBySlug.set(repository.slug, repository);
    this.changed({ key: 'repo:transfer', repository });
    to.changed({ key: 'repo:transfer', repository });
  }

  setVisibility(slug: string, visibility: 'public' | 'private'): void {
    this.update(slug, repository => {
      repository.isPrivate = visibility === 'private';
    });
  }

  setProject(slug: string, key: string): void {
    this.update(slug, repository => {
      repository.project = this.ownProjects.findOrAdd(key);
    });
  }

  /** @param options - with `absent`, the branch need not be there */
  setMainBranch(
    slug: string,
    branch: string,
    options: { absent?: boolean } = {},
  ): void {
    this.update(slug, repository => repository.setMainBranch(branch, options));
  }

  /**
   * Commits changes to a branch. A new branch starts at the main branch; the
   * first branch of an empty repository becomes its main branch.
   */
  push(slug: string, changes: Changes, options: PushOptions = {}): Commit {
    return this.pushed(slug, (repository, now) =>
      repository.push(changes, { ...options, date: options.date ?? now }),
    );
  }

  /** @param options - `from` is a branch, a tag or a hash. Default: the main branch. */
  createBranch(
    slug: string,
    name: string,
    options: { from?: string } = {},
  ): Commit {
    return this.pushed(slug, (repository, date) =>
      repository.createRef(repository.branches, name, { ...options, date }),
    );
  }

  deleteBranch(slug: string, name: string): void {
    this.pushed(slug, (repository, date) =>
      repository.deleteBranch(name, date),
    );
  }

  /** @param options - as for {@link SimulatedWorkspace.createBranch} */
  createTag(
    slug: string,
    name: string,
    options: { from?: string } = {},
  ): Commit {
    return this.pushed(slug, (repository, date) =>
      repository.createRef(repository.tags, name, { ...options, date }),
    );
  }

  /** Takes every commit away, so that the repository has no main branch. */
  emptyRepository(slug: string): void {
    this.pushed(slug, (repository, date) => repository.empty(date));
  }

  /** Makes one push of all that `work` does to the branches and tags of a repository. */
  pushTogether(slug: string, work: () => void): void {
    this.pushed(slug, repository => {
      this.pushing = repository;
      try {
        work();
      } finally {
        this.pushing = undefined;
      }
    });
  }

  private takeOut(slug: string): SimulatedRepository {
    const repository = this.repository(slug);
    this.repositoriesBySlug.delete(repository.slug);
    return repository;
  }

  private update(
    slug: string,
    change: (repository: SimulatedRepository) => void,
  ): void {
    const repository = this.repository(slug);
    const { name, fullName } = repository;
    change(repository);
    const before = { name, fullName };
    this.changed({ key: 'repo:updated', repository, before });
  }

  private pushed<R>(
    slug: string,
    change: (repository: SimulatedRepository, now: number) => R,
  ): R {
    const repository = this.repository(slug);
    const before = repository.refs;
    const result = change(repository, this.now());
    if (this.pushing === repository) {
      this.changed();
    } else {
      this.changed({ key: 'repo:push', repository, before });
      followBranches(repository);
    }
    return result;
  }

  private changed(event?: WorkspaceEvent): void {
    this.revision += 1;
    if (event) {
      this.listeners.forEach(listener => listener(event));
    }
  }
}

/** Lets the pull requests from and to a repository know of a push. */
function followBranches(repository: SimulatedRepository): void {
  const { pullRequests, pullRequestsFrom } = repository;
  for (const pullRequest of new Set([...pullRequestsFrom, ...pullRequests])) {
    const { workspace } = pullRequest.destination.repository;
    workspace.pullRequests.follow(pullRequest);
  }
}

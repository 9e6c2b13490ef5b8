import { uuid } from './ids';
import { Commit, PushOptions, SimulatedRepository } from './repository';
import { Changes, Files } from './tree';

export type Project = { key: string; name: string; uuid: string };

export type NewRepository = {
  slug: string;
  /** Default: the slug. */
  name?: string;
  description?: string;
  language?: string;
  /** Default false. */
  isPrivate?: boolean;
  /** Key of a project; made when there is none. Default: the first project. */
  project?: string;
  /** Slug of the repository of this workspace that it was forked from. */
  forkOf?: string;
  /** Default `main`. */
  mainBranch?: string;
  /** Files of the first commit; none leaves the repository empty. */
  files?: Files;
  /** Milliseconds since the epoch. Default: now. */
  createdOn?: number;
};

/**
 * A workspace and everything in it. Every method that changes it moves
 * {@link SimulatedWorkspace.revision}; what depends on chance or time is
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
  private readonly projectsByKey = new Map<string, Project>();
  private readonly repositoriesBySlug = new Map<string, SimulatedRepository>();
  private repositoriesMade = 0;

  constructor(options: {
    slug: string;
    name?: string;
    projects?: { key: string; name: string }[];
  }) {
    this.slug = options.slug;
    this.name = options.name ?? options.slug;
    this.uuid = uuid('workspace', options.slug);
    for (const project of options.projects ?? []) {
      this.addProject(project);
    }
  }

  /** In the order in which they were added. */
  get repositories(): SimulatedRepository[] {
    return [...this.repositoriesBySlug.values()];
  }

  get projects(): Project[] {
    return [...this.projectsByKey.values()];
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

  rename(slug: string): void {
    this.slug = slug;
    this.revision += 1;
  }

  addProject(project: { key: string; name: string }): Project {
    const added = {
      ...project,
      uuid: uuid('project', this.uuid, project.key),
    };
    this.projectsByKey.set(project.key, added);
    this.revision += 1;
    return added;
  }

  addRepository(options: NewRepository): SimulatedRepository {
    if (this.repositoriesBySlug.has(options.slug)) {
      throw new Error(`${this.slug} already has a repository ${options.slug}`);
    }
    this.repositoriesMade += 1;
    const repository = new SimulatedRepository({
      // The count keeps a repository that is removed and made again apart.
      uuid: uuid('repository', this.uuid, String(this.repositoriesMade)),
      workspace: this,
      slug: options.slug,
      name: options.name ?? options.slug,
      project: this.projectFor(options.project),
      createdOn: options.createdOn ?? this.now(),
    });
    repository.description = options.description ?? '';
    repository.language = options.language ?? '';
    repository.isPrivate = options.isPrivate ?? false;
    if (options.forkOf !== undefined) {
      repository.parent = this.repository(options.forkOf);
    }
    if (options.files) {
      repository.push(options.files, {
        branch: options.mainBranch,
        message: 'Initial commit',
        date: repository.createdOn,
      });
    }
    this.repositoriesBySlug.set(repository.slug, repository);
    this.revision += 1;
    return repository;
  }

  removeRepository(slug: string): void {
    this.repositoriesBySlug.delete(this.repository(slug).slug);
    this.revision += 1;
  }

  renameRepository(slug: string, newSlug: string, newName = newSlug): void {
    const repository = this.repository(slug);
    this.repositoriesBySlug.delete(repository.slug);
    repository.slug = newSlug;
    repository.name = newName;
    this.repositoriesBySlug.set(newSlug, repository);
    this.revision += 1;
  }

  /** Moves a repository to another workspace; it keeps its uuid. */
  transferRepository(slug: string, to: SimulatedWorkspace): void {
    const repository = this.repository(slug);
    this.removeRepository(slug);
    repository.workspace = to;
    repository.project = to.projectFor(undefined);
    to.repositoriesBySlug.set(repository.slug, repository);
    to.revision += 1;
  }

  setVisibility(slug: string, visibility: 'public' | 'private'): void {
    this.repository(slug).isPrivate = visibility === 'private';
    this.revision += 1;
  }

  setProject(slug: string, key: string): void {
    this.repository(slug).project = this.projectFor(key);
    this.revision += 1;
  }

  setMainBranch(slug: string, branch: string): void {
    this.repository(slug).setMainBranch(branch);
    this.revision += 1;
  }

  /**
   * Commits changes to a branch. A new branch starts at the main branch; the
   * first branch of an empty repository becomes its main branch.
   */
  push(slug: string, changes: Changes, options: PushOptions = {}): Commit {
    this.revision += 1;
    const date = options.date ?? this.now();
    return this.repository(slug).push(changes, { ...options, date });
  }

  /** @param options - `from` is a branch, a tag or a hash. Default: the main branch. */
  createBranch(
    slug: string,
    name: string,
    options: { from?: string } = {},
  ): Commit {
    this.revision += 1;
    const repository = this.repository(slug);
    const date = this.now();
    return repository.createRef(repository.branches, name, {
      ...options,
      date,
    });
  }

  deleteBranch(slug: string, name: string): void {
    this.repository(slug).deleteBranch(name, this.now());
    this.revision += 1;
  }

  /** @param options - as for {@link SimulatedWorkspace.createBranch} */
  createTag(
    slug: string,
    name: string,
    options: { from?: string } = {},
  ): Commit {
    this.revision += 1;
    const repository = this.repository(slug);
    const date = this.now();
    return repository.createRef(repository.tags, name, { ...options, date });
  }

  /** Takes every commit away, so that the repository has no main branch. */
  emptyRepository(slug: string): void {
    this.repository(slug).empty(this.now());
    this.revision += 1;
  }

  private projectFor(key: string | undefined): Project {
    if (key === undefined) {
      return (
        this.projects[0] ?? this.addProject({ key: 'PROJ', name: 'Project' })
      );
    }
    return this.projectsByKey.get(key) ?? this.addProject({ key, name: key });
  }
}

import {
  NewRepository,
  SimulatedPullRequest,
  SimulatedRepository,
  SimulatedWorkspace,
  WorkspaceEvent,
} from '../world';
import { Hooks } from './hooks';
import { Builds, Insights } from './quality';
import { PullRequestFacts } from './pullRequestFacts';

export type NewProject = {
  /** Default: the key. */
  name?: string;
  description?: string;
  /** Whether all of its repositories are public. Default false. */
  isPublic?: boolean;
  /** Of a personal project: whose it is. Default: what follows `~` in the key. */
  owner?: string;
};

/** What the instance knows of a project beside the workspace that holds it. */
type ProjectFacts = {
  id: number;
  description?: string;
  isPublic: boolean;
  owner?: string;
};

/** Where a repository is, or was. */
export type Address = { key: string; slug: string; name: string };

/** Something that happened on an instance. */
export type InstanceEvent =
  | { kind: 'world'; project: SimulatedWorkspace; event: WorkspaceEvent }
  | {
      kind: 'repositoryModified';
      repository: SimulatedRepository;
      before: Address;
    }
  | {
      kind: 'projectModified';
      project: SimulatedWorkspace;
      before: { key: string; name: string };
    }
  | { kind: 'pullRequestDeleted'; pullRequest: SimulatedPullRequest };

type InstanceListener = (event: InstanceEvent) => void;

/**
 * An instance of Bitbucket Data Center and everything in it. One workspace of
 * the simulated world is one project here; its slug is the project's key.
 * Commits, branches, tags and pull requests are changed through
 * {@link SimulatedInstance.project}; whatever happens there is noticed.
 */
export class SimulatedInstance {
  readonly hooks = new Hooks();
  readonly pullRequestFacts = new PullRequestFacts();
  /** The reports of Code Insights. */
  readonly insights = new Insights();
  readonly builds = new Builds();
  private readonly projectsByKey = new Map<string, SimulatedWorkspace>();
  private readonly facts = new Map<SimulatedWorkspace, ProjectFacts>();
  private readonly ids = new Map<SimulatedRepository, number>();
  private readonly addresses = new Map<SimulatedRepository, Address>();
  private readonly oldAddresses = new Map<string, SimulatedRepository>();
  private readonly oldKeys = new Map<string, SimulatedWorkspace>();
  private readonly listeners = new Set<InstanceListener>();
  private clock: () => number = Date.now;
  private idsGiven = 0;
  /** To projects that are gone, and of which there are. */
  private changes = 0;
  private sorted?: { revision: number; repositories: SimulatedRepository[] };

  /** In the order in which they were added. */
  get projects(): SimulatedWorkspace[] {
    return [...this.projectsByKey.values()];
  }

  /**
   * Of all projects, by name. The order is not documented; in this one, a
   * repository that comes or goes shifts the others in between two pages.
   */
  get repositories(): readonly SimulatedRepository[] {
    const { revision } = this;
    if (this.sorted?.revision !== revision) {
      const repositories = this.projects
        .flatMap(project => project.repositories)
        .sort(
          (a, b) =>
            compare(sortKey(a), sortKey(b)) || this.idOf(a) - this.idOf(b),
        );
      this.sorted = { revision, repositories };
    }
    return this.sorted.repositories;
  }

  /** Moves with every change to a project. */
  get revision(): number {
    return this.projects.reduce(
      (sum, { revision }) => sum + revision,
      this.changes,
    );
  }

  /** Clock that dates commits. */
  get now(): () => number {
    return this.clock;
  }

  set now(clock: () => number) {
    this.clock = clock;
    this.projects.forEach(project => {
      project.now = clock;
    });
  }

  /** @returns stops listening */
  onEvent(listener: InstanceListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** @param key - in upper case, or `~user` for a personal project */
  addProject(key: string, options: NewProject = {}): SimulatedWorkspace {
    if (this.projectsByKey.has(normal(key))) {
      throw new Error(`There already is a project ${key}`);
    }
    const project = new SimulatedWorkspace({ slug: key, name: options.name });
    project.now = this.clock;
    const personal = key.startsWith('~') ? key.slice(1) : undefined;
    this.facts.set(project, {
      id: this.nextId(),
      description: options.description,
      isPublic: options.isPublic ?? false,
      owner: options.owner ?? personal,
    });
    this.projectsByKey.set(normal(key), project);
    this.changes += 1;
    this.oldKeys.delete(normal(key));
    project.onEvent(event => this.noticed(project, event));
    return project;
  }

  /** @throws Error when there is none */
  project(key: string): SimulatedWorkspace {
    const project = this.findProject(key);
    if (!project) {
      throw new Error(`There is no project ${key}`);
    }
    return project;
  }

  findProject(key: string): SimulatedWorkspace | undefined {
    return this.projectsByKey.get(normal(key));
  }

  /** The project that had a key before, unless another one has it now. */
  findRenamedProject(key: string): SimulatedWorkspace | undefined {
    return this.oldKeys.get(normal(key));
  }

  projectIdOf(project: SimulatedWorkspace): number {
    return this.factsOf(project).id;
  }

  factsOf(project: SimulatedWorkspace): ProjectFacts {
    const facts = this.facts.get(project);
    if (!facts) {
      throw new Error(`${project.slug} is not a project of this instance`);
    }
    return facts;
  }

  /** Private unless it says otherwise, unlike on Bitbucket Cloud. */
  addRepository(
    projectKey: string,
    options: NewRepository,
  ): SimulatedRepository {
    const project = this.project(projectKey);
    return project.addRepository({ isPrivate: true, ...options });
  }

  /** @throws Error when there is none */
  repository(projectKey: string, slug: string): SimulatedRepository {
    return this.project(projectKey).repository(slug);
  }

  /** The repository that had an address before, unless another one has it now. */
  findMovedRepository(
    projectKey: string,
    slug: string,
  ): SimulatedRepository | undefined {
    const moved = this.oldAddresses.get(addressKey(projectKey, slug));
    if (moved) {
      return moved.isDeleted ? undefined : moved;
    }
    return this.findRenamedProject(projectKey)?.findRepository(slug);
  }

  /** Outlives renames and moves. */
  idOf(repository: SimulatedRepository): number {
    const known = this.ids.get(repository);
    if (known !== undefined) {
      return known;
    }
    const id = this.nextId();
    this.ids.set(repository, id);
    this.addresses.set(repository, addressOf(repository));
    return id;
  }

  isPublic({ workspace, isPrivate }: SimulatedRepository): boolean {
    return !isPrivate || this.factsOf(workspace).isPublic;
  }

  /** An archived repository can be read, and nothing else. */
  setArchived(repository: SimulatedRepository, isArchived = true): void {
    repository.isArchived = isArchived;
  }

  setProjectPublic(key: string, isPublic: boolean): void {
    this.factsOf(this.project(key)).isPublic = isPublic;
  }

  /** The slug follows the name. */
  rename(repository: SimulatedRepository, name: string): void {
    const slug = name.toLowerCase().replace(/[^a-z0-9._-]+/g, '-');
    const { workspace } = repository;
    const holder = workspace.findRepository(slug);
    if (holder && holder !== repository) {
      throw new Error(`${workspace.slug} already has a repository ${slug}`);
    }
    workspace.renameRepository(repository.slug, slug, name);
  }

  /** Moves a repository to another project; it keeps its id. */
  move(repository: SimulatedRepository, toProjectKey: string): void {
    const to = this.project(toProjectKey);
    if (to.findRepository(repository.slug)) {
      throw new Error(`${to.slug} already has a repository ${repository.slug}`);
    }
    repository.workspace.transferRepository(repository.slug, to);
  }

  /** Gives a project another key, another name or both. */
  updateProject(key: string, change: { key?: string; name?: string }): void {
    const project = this.project(key);
    const before = { key: project.slug, name: project.name };
    if (change.key !== undefined && change.key !== project.slug) {
      if (this.findProject(change.key)) {
        throw new Error(`There already is a project ${change.key}`);
      }
      this.projectsByKey.delete(normal(project.slug));
      this.oldKeys.set(normal(project.slug), project);
      this.oldKeys.delete(normal(change.key));
      this.projectsByKey.set(normal(change.key), project);
      project.rename(change.key);
      project.repositories.forEach(repository =>
        this.addresses.set(repository, addressOf(repository)),
      );
    }
    project.name = change.name ?? project.name;
    this.emit({ kind: 'projectModified', project, before });
  }

  /** Only an empty project can be removed. */
  removeProject(key: string): void {
    const project = this.project(key);
    if (project.repositories.length > 0) {
      throw new Error(`${key} has repositories`);
    }
    this.projectsByKey.delete(normal(key));
    this.changes += project.revision + 1;
  }

  /** @param branch - need not be there */
  setDefaultBranch(repository: SimulatedRepository, branch: string): void {
    const { workspace, slug } = repository;
    workspace.setMainBranch(slug, branch, { absent: true });
  }

  deletePullRequest(pullRequest: SimulatedPullRequest): void {
    const { source, destination } = pullRequest;
    for (const list of [
      destination.repository.pullRequests,
      source.repository.pullRequestsFrom,
    ]) {
      list.splice(list.indexOf(pullRequest), 1);
    }
    this.emit({ kind: 'pullRequestDeleted', pullRequest });
  }

  private noticed(project: SimulatedWorkspace, event: WorkspaceEvent): void {
    if (event.key === 'repo:created') {
      this.idOf(event.repository);
      this.oldAddresses.delete(addressKey(project.slug, event.repository.slug));
    }
    if (event.key === 'repo:updated' || event.key === 'repo:transfer') {
      this.followAddress(event.repository);
    }
    this.pullRequestFacts.notice(event);
    this.emit({ kind: 'world', project, event });
  }

  /** A transfer causes two events, and changes the address once. */
  private followAddress(repository: SimulatedRepository): void {
    this.idOf(repository);
    const before = this.addresses.get(repository) as Address;
    const now = addressOf(repository);
    this.addresses.set(repository, now);
    const [oldKey, newKey] = [before, now].map(({ key, slug }) =>
      addressKey(key, slug),
    );
    if (oldKey !== newKey) {
      this.oldAddresses.set(oldKey, repository);
      this.oldAddresses.delete(newKey);
    }
    if (oldKey !== newKey || before.name !== now.name) {
      this.emit({ kind: 'repositoryModified', repository, before });
    }
  }

  private nextId(): number {
    this.idsGiven += 1;
    return this.idsGiven;
  }

  private emit(event: InstanceEvent): void {
    this.listeners.forEach(listener => listener(event));
  }
}

const sortKey = ({ name }: SimulatedRepository) => name.toLowerCase();

const compare = (a: string, b: string) => Number(a > b) - Number(a < b);

/** Keys are compared without regard to case. */
const normal = (key: string) => key.toUpperCase();

const addressKey = (key: string, slug: string) =>
  `${normal(key)}/${slug.toLowerCase()}`;

const addressOf = ({
  workspace,
  slug,
  name,
}: SimulatedRepository): Address => ({
  key: workspace.slug,
  slug,
  name,
});

import { Random, SimulatedRepository } from '../../../dev/simulator';
import {
  DataCenterAccount,
  DataCenterSimulator,
  generateInstance,
  Quirks,
  SimulatedInstance,
  startDataCenterSimulator,
} from '../../../dev/simulator/data-center';
import { writeFirstFile } from '../CloudWorld';
import { deliveriesOf, World, WorldDeliveries, WorldOptions } from '../World';

/** A personal project; its page is that of its user. */
export const PERSONAL_PROJECT = '~JANE';

/** Small, so that most lists have more than one page. */
const LIMITS = { repositories: 4, branches: 2, files: 6 };

type DataCenterWorldOptions = WorldOptions & {
  projects: string[];
  quirks: Partial<Quirks>;
  mirrorHashes: boolean;
};

/** An instance of Bitbucket Data Center, and a credential that sees most of it. */
export class DataCenterWorld extends World {
  readonly projects: string[];
  readonly faults: DataCenterSimulator['faults'];
  /** Keys of the projects that the credential cannot see for a while. */
  private readonly dark = new Set<string>();

  private constructor(
    readonly instance: SimulatedInstance,
    readonly account: DataCenterAccount & { token: string },
    readonly simulator: DataCenterSimulator,
    readonly quirks: Partial<Quirks>,
    options: DataCenterWorldOptions,
  ) {
    super(options);
    this.projects = options.projects;
    this.faults = simulator.faults;
    account.sees = repository => this.sees(repository);
    account.seesProject = key => !this.dark.has(key);
    if (options.keepsFirst) {
      this.keepFirst();
    }
  }

  /** The same instance whenever size and seed are the same. */
  static async start(
    options: DataCenterWorldOptions,
  ): Promise<DataCenterWorld> {
    const { repositories, seed, projects, now, quirks } = options;
    const { mirrorHashes } = options;
    const instance = generateInstance({ repositories, seed });
    for (const key of projects) {
      if (!instance.findProject(key)) {
        instance.addProject(key);
      }
    }
    for (const [index, repository] of instance.repositories.entries()) {
      const key = projects[index % projects.length];
      if (repository.workspace.slug !== key) {
        instance.move(repository, key);
      }
      writeFirstFile(repository);
    }
    const account = {
      name: 'soak',
      kind: 'userToken' as const,
      token: 't0ken',
      projectPermission: 'ADMIN' as const,
      repositoryPermission: 'ADMIN' as const,
    };
    const simulator = await startDataCenterSimulator({
      instance,
      accounts: [account],
      limits: LIMITS,
      quirks,
      mirrorHashes,
      now,
    });
    return new DataCenterWorld(instance, account, simulator, quirks, options);
  }

  get repositories(): SimulatedRepository[] {
    return this.instance.projects.flatMap(({ repositories }) => repositories);
  }

  get requests(): number {
    return this.simulator.requests.entries.length;
  }

  get deliveries(): WorldDeliveries {
    return deliveriesOf(this.simulator.deliveries);
  }

  projectOf({ workspace }: SimulatedRepository): string {
    return workspace.slug;
  }

  /** Without a ref for the default branch, whatever its name is. */
  fileUrl(
    { workspace, slug, mainBranch }: SimulatedRepository,
    branch: string,
    path: string,
  ): string {
    const key = workspace.slug;
    const owner = key.startsWith('~')
      ? `users/${key.slice(1).toLowerCase()}`
      : `projects/${key}`;
    const at = encodeURIComponent(`refs/heads/${branch}`);
    const query = branch === mainBranch ? '' : `?at=${at}`;
    return `${this.simulator.baseUrl}/${owner}/repos/${slug}/browse/${path}${query}`;
  }

  /** In any project that has no repository of that name. */
  add(slug: string, random: Random): SimulatedRepository {
    const free = this.projects.filter(
      key => !this.instance.project(key).findRepository(slug),
    );
    return this.instance.addRepository(random.pick(free), { slug });
  }

  move(repository: SimulatedRepository, projectKey: string): boolean {
    const { slug, workspace } = repository;
    const isTaken = this.instance.project(projectKey).findRepository(slug);
    if (workspace.slug === projectKey || isTaken) {
      return false;
    }
    this.instance.move(repository, projectKey);
    return true;
  }

  /** The credential cannot see a project for a while, nor what is in it. */
  darken(key: string): void {
    this.dark.add(key);
  }

  override endFaults(): void {
    super.endFaults();
    this.dark.clear();
  }

  stop(): Promise<void> {
    return this.simulator.stop();
  }

  /** The providers leave archived repositories out. */
  protected override isShown(repository: SimulatedRepository): boolean {
    return super.isShown(repository) && !repository.isArchived;
  }
}

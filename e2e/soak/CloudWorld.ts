import {
  generateWorkspace,
  SimulatedAccount,
  SimulatedRepository,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import { catalogFile, catalogFileIn, catalogFilesOf } from './catalogFiles';
import { deliveriesOf, World, WorldDeliveries, WorldOptions } from './World';

export const WORKSPACE = 'soak';

/** A workspace on Bitbucket Cloud, and a credential that sees most of it. */
export class CloudWorld extends World {
  readonly projects: string[];
  readonly faults: Simulator['faults'];

  private constructor(
    readonly workspace: SimulatedWorkspace,
    readonly account: SimulatedAccount & { token: string },
    readonly simulator: Simulator,
    options: WorldOptions,
  ) {
    super(options);
    const { projects = workspace.projects.map(({ key }) => key) } = options;
    this.projects = projects;
    this.faults = simulator.faults;
    account.sees = repository => this.sees(repository);
    if (options.keepsFirst) {
      this.keepFirst();
    }
  }

  /** The same workspace whenever size and seed are the same. */
  static async start(options: WorldOptions): Promise<CloudWorld> {
    const { repositories, seed, projects, now } = options;
    const workspace = generateWorkspace({
      slug: WORKSPACE,
      repositories,
      seed,
    });
    for (const [index, repository] of workspace.repositories.entries()) {
      if (projects) {
        workspace.setProject(
          repository.slug,
          projects[index % projects.length],
        );
      }
      writeFirstFile(repository);
    }
    const account = {
      name: 'soak',
      kind: 'accessToken' as const,
      token: 't0ken',
    };
    const simulator = await startSimulator({
      workspaces: [workspace],
      accounts: [account],
      now,
    });
    return new CloudWorld(workspace, account, simulator, options);
  }

  get repositories(): SimulatedRepository[] {
    return this.workspace.repositories;
  }

  get requests(): number {
    return this.simulator.requests.entries.length;
  }

  get deliveries(): WorldDeliveries {
    return deliveriesOf(this.simulator.deliveries);
  }

  projectOf({ project }: SimulatedRepository): string {
    return project.key;
  }

  readonly fileUrl = cloudFileUrl;

  add(slug: string): SimulatedRepository {
    return this.workspace.addRepository({ slug });
  }

  move({ slug }: SimulatedRepository, projectKey: string): boolean {
    this.workspace.setProject(slug, projectKey);
    return true;
  }

  stop(): Promise<void> {
    return this.simulator.stop();
  }
}

/** Where the catalog is to say that a file is. */
export const cloudFileUrl = (
  { fullName }: SimulatedRepository,
  branch: string,
  path: string,
) =>
  `https://bitbucket.org/${fullName}/src/${encodeURIComponent(branch)}/${path}`;

/** Gives a generated repository with a catalog file the content of a soak. */
export function writeFirstFile(repository: SimulatedRepository): void {
  if (catalogFilesOf(repository).length === 0) {
    return;
  }
  const path = catalogFileIn('');
  const content = catalogFile(repository, path, 0, null);
  const date = repository.updatedOn;
  const { workspace, slug } = repository;
  workspace.push(slug, { [path]: content }, { date });
}

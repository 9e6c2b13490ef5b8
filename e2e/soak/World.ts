import {
  generateWorkspace,
  SimulatedAccount,
  SimulatedRepository,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import { catalogFile, catalogFileIn, catalogFilesOf } from './catalogFiles';

export const WORKSPACE = 'soak';

/** The provider leaves repositories of this project out. */
export const EXCLUDED_PROJECT = 'LAB';

/** So few Locations may always go at once. */
const MAY_GO_AT_ONCE = 10;
/** So many always stay. */
const LEAST = 3;

export type WorldOptions = {
  repositories: number;
  /** The same seed makes the same workspace. Default 1. */
  seed?: number;
  /** Keys of the projects that repositories are in. Default: all eight. */
  projects?: string[];
  /** The branch that is read where a repository has it. Default: the main branch. */
  branch?: string;
  /** Whether the first repository of each project stays as it is. Default false. */
  keepsFirst?: boolean;
  /** Clock of commits. Default: `Date.now`. */
  now?: () => number;
};

/** A workspace on Bitbucket Cloud, and a credential that sees most of it. */
export class World {
  /** Uuids of the repositories that the credential cannot see. */
  readonly hidden = new Set<string>();
  /** Uuids that the credential cannot see for a while, without a word of it. */
  blackout = new Set<string>();
  /** Uuids of the repositories that something happened to since the last rest. */
  readonly touched = new Set<string>();
  /** Uuids of the repositories that nothing happens to. */
  readonly kept: ReadonlySet<string>;
  /** Keys of projects whose provider is not in the configuration for a while. */
  readonly unconfigured = new Set<string>();
  /** Keys of the projects that repositories are moved between. */
  readonly projects: string[];
  /** The branch that is read where a repository has it. */
  readonly branch?: string;
  /** Where catalog files were moved away from since the last rest: uuid and path. */
  private readonly vacated = new Set<string>();
  /** Locations that the catalog has to give up at the next rest, at most. */
  private going = 0;

  private constructor(
    readonly workspace: SimulatedWorkspace,
    readonly account: SimulatedAccount & { token: string },
    readonly simulator: Simulator,
    { projects, branch, keepsFirst }: WorldOptions,
  ) {
    this.projects = projects ?? workspace.projects.map(({ key }) => key);
    this.branch = branch;
    this.kept = new Set(
      keepsFirst ? this.projects.map(key => this.firstOf(key)?.uuid ?? '') : [],
    );
    account.sees = ({ uuid }) =>
      !this.hidden.has(uuid) && !this.blackout.has(uuid);
  }

  /** The same workspace whenever size and seed are the same. */
  static async start(options: WorldOptions): Promise<World> {
    const { repositories, seed, projects, now } = options;
    const workspace = generateWorkspace({
      slug: WORKSPACE,
      repositories,
      seed,
    });
    const path = catalogFileIn('');
    for (const [index, repository] of workspace.repositories.entries()) {
      if (projects) {
        workspace.setProject(
          repository.slug,
          projects[index % projects.length],
        );
      }
      if (catalogFilesOf(repository).length > 0) {
        const content = catalogFile(repository, path, 0, null);
        const date = repository.updatedOn;
        workspace.push(repository.slug, { [path]: content }, { date });
      }
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
    return new World(workspace, account, simulator, options);
  }

  /** The repositories that the catalog is to be filled from. */
  get shown(): SimulatedRepository[] {
    return this.workspace.repositories.filter(
      ({ uuid, project }) =>
        !this.hidden.has(uuid) &&
        project.key !== EXCLUDED_PROJECT &&
        !this.unconfigured.has(project.key),
    );
  }

  /** The repositories that something may happen to. */
  get changeable(): SimulatedRepository[] {
    return this.workspace.repositories.filter(
      ({ uuid }) => !this.kept.has(uuid),
    );
  }

  /** Notes that something happens to a repository. */
  touch({ uuid }: SimulatedRepository): void {
    this.touched.add(uuid);
  }

  /** Notes that a catalog file is moved away from a path. */
  vacate({ uuid }: SimulatedRepository, path: string): void {
    this.vacated.add(`${uuid} ${path}`);
  }

  /**
   * Whether another file may be written to a path. Not until the next rest where
   * one was moved away: should a response deny the move, the catalog would take the
   * one for the other.
   */
  mayWrite({ uuid }: SimulatedRepository, path: string): boolean {
    return !this.vacated.has(`${uuid} ${path}`);
  }

  /**
   * Asks whether Locations may be removed, of which more than a few at once
   * would be held back, and of which some are needed for what comes next.
   */
  mayLose(locations: number): boolean {
    const files = this.changeable.flatMap(catalogFilesOf).length;
    if (
      this.going + locations > MAY_GO_AT_ONCE ||
      (locations > 0 && files - locations < LEAST)
    ) {
      return false;
    }
    this.going += locations;
    return true;
  }

  private firstOf(key: string): SimulatedRepository | undefined {
    return this.workspace.repositories.find(
      one => one.project.key === key && catalogFilesOf(one).length > 0,
    );
  }

  /** Ends all faults. */
  endFaults(): void {
    this.simulator.faults.clear();
    this.blackout = new Set();
  }

  /** Begins another round. */
  rest(): void {
    this.touched.clear();
    this.vacated.clear();
    this.going = 0;
  }
}

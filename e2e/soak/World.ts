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

/** A workspace on Bitbucket Cloud, and a credential that sees most of it. */
export class World {
  /** Uuids of the repositories that the credential cannot see. */
  readonly hidden = new Set<string>();
  /** Uuids that the credential cannot see for a while, without a word of it. */
  blackout = new Set<string>();
  /** Uuids of the repositories that something happened to since the last rest. */
  readonly touched = new Set<string>();
  /** Locations that the catalog has to give up at the next rest, at most. */
  private going = 0;

  private constructor(
    readonly workspace: SimulatedWorkspace,
    readonly account: SimulatedAccount & { token: string },
    readonly simulator: Simulator,
  ) {
    account.sees = ({ uuid }) =>
      !this.hidden.has(uuid) && !this.blackout.has(uuid);
  }

  /** The same workspace whenever the size is the same. */
  static async start(repositories: number): Promise<World> {
    const workspace = generateWorkspace({ slug: WORKSPACE, repositories });
    const path = catalogFileIn('');
    for (const repository of workspace.repositories) {
      if (catalogFilesOf(repository).length > 0) {
        const content = catalogFile(repository, path, 0);
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
    });
    return new World(workspace, account, simulator);
  }

  /** The repositories that the catalog is to be filled from. */
  get shown(): SimulatedRepository[] {
    return this.workspace.repositories.filter(
      ({ uuid, project }) =>
        !this.hidden.has(uuid) && project.key !== EXCLUDED_PROJECT,
    );
  }

  /** Notes that something happens to a repository. */
  touch({ uuid }: SimulatedRepository): void {
    this.touched.add(uuid);
  }

  /**
   * Asks whether Locations may go for good, of which more than a few at once
   * would be held back.
   */
  mayLose(locations: number): boolean {
    if (this.going + locations > MAY_GO_AT_ONCE) {
      return false;
    }
    this.going += locations;
    return true;
  }

  /** Ends everything that is wrong for a while. */
  mend(): void {
    this.simulator.faults.clear();
    this.blackout = new Set();
  }

  /** Begins another round. */
  rest(): void {
    this.touched.clear();
    this.going = 0;
  }
}

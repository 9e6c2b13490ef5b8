import { Fate, Faults, Random, SimulatedRepository } from '../../dev/simulator';
import { Deliveries } from '../../dev/simulator/deliveries/Deliveries';
import { HookTarget } from '../../dev/simulator/deliveries/types';
import { catalogFilesOf } from './catalogFiles';

/** The provider leaves repositories of this project out. */
export const EXCLUDED_PROJECT = 'LAB';

/** So few Locations may always go at once. */
const MAY_GO_AT_ONCE = 10;
/** So many always stay. */
const LEAST = 3;

export type WorldOptions = {
  repositories: number;
  /** The same seed makes the same repositories. Default 1. */
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

/** What is delivered to webhooks, and when. */
export type WorldDeliveries = {
  /** Decides what becomes of each delivery, by its event. */
  plan(fateOf: (event: string) => Fate): void;
  /** Sends what is held back, in any order. */
  release(random: Random): void;
  /** When nothing is under way any more. */
  settled(): Promise<void>;
};

/** The deliveries of a simulator, as a soak steers them. */
export function deliveriesOf<E extends string, H extends HookTarget>(
  deliveries: Deliveries<E, H>,
): WorldDeliveries {
  return {
    plan: fateOf => {
      deliveries.plan = ({ event }) => fateOf(event);
    },
    release: random => {
      deliveries.release(held => random.shuffled(held));
    },
    settled: () => deliveries.settled(),
  };
}

/** Repositories on a simulated product, and a credential that sees most of them. */
export abstract class World {
  /** Uuids of the repositories that the credential cannot see. */
  readonly hidden = new Set<string>();
  /** Uuids that the credential cannot see for a while, without a word of it. */
  blackout = new Set<string>();
  /** Uuids of the repositories that something happened to since the last rest. */
  readonly touched = new Set<string>();
  /** Uuids of the repositories that nothing happens to. */
  kept: ReadonlySet<string> = new Set();
  /** Keys of projects whose provider is not in the configuration for a while. */
  readonly unconfigured = new Set<string>();
  /** The branch that is read where a repository has it. */
  readonly branch?: string;
  /** Where catalog files were moved away from since the last rest: uuid and path. */
  private readonly vacated = new Set<string>();
  /** Locations that the catalog has to give up at the next rest, at most. */
  private going = 0;

  /** All that there are, in the order in which they were added. */
  abstract readonly repositories: SimulatedRepository[];
  /** Keys of the projects that repositories are moved between. */
  abstract readonly projects: string[];
  abstract readonly faults: Faults<string>;
  abstract readonly deliveries: WorldDeliveries;
  /** How many requests there were. */
  abstract readonly requests: number;

  protected constructor({ branch }: WorldOptions) {
    this.branch = branch;
  }

  /** The key of the project that a repository is in. */
  abstract projectOf(repository: SimulatedRepository): string;

  /** Where the catalog is to say that a file of a branch is. */
  abstract fileUrl(
    repository: SimulatedRepository,
    branch: string,
    path: string,
  ): string;

  /** Adds an empty repository. */
  abstract add(slug: string, random: Random): SimulatedRepository;

  /** @returns whether that was possible */
  abstract move(repository: SimulatedRepository, projectKey: string): boolean;

  abstract stop(): Promise<void>;

  /** The repositories that the catalog is to be filled from. */
  get shown(): SimulatedRepository[] {
    return this.repositories.filter(repository => this.isShown(repository));
  }

  /** The repositories that something may happen to. */
  get changeable(): SimulatedRepository[] {
    return this.repositories.filter(({ uuid }) => !this.kept.has(uuid));
  }

  /** Nothing happens from now on to the first repository of each project that has a file. */
  keepFirst(): void {
    const firstOf = (key: string) =>
      this.repositories.find(
        one => this.projectOf(one) === key && catalogFilesOf(one).length > 0,
      );
    this.kept = new Set(this.projects.flatMap(key => firstOf(key)?.uuid ?? []));
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

  /** Ends all faults. */
  endFaults(): void {
    this.faults.clear();
    this.blackout = new Set();
  }

  /** Begins another round. */
  rest(): void {
    this.touched.clear();
    this.vacated.clear();
    this.going = 0;
  }

  protected isShown(repository: SimulatedRepository): boolean {
    const key = this.projectOf(repository);
    return (
      !this.hidden.has(repository.uuid) &&
      key !== EXCLUDED_PROJECT &&
      !this.unconfigured.has(key)
    );
  }

  /** Whether the credential sees a repository. */
  protected sees({ uuid }: SimulatedRepository): boolean {
    return !this.hidden.has(uuid) && !this.blackout.has(uuid);
  }
}

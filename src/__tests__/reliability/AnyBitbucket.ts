import {
  Endpoint,
  FaultTarget,
  Faults,
  RequestLog,
  SimulatedRepository,
  SimulatedWorkspace,
} from '../../../dev/simulator';
import { DataCenterEndpoint } from '../../../dev/simulator/data-center';
import { Database, TestBackend } from '../../../testing';
import { FakeTiming } from '../../../testing/bitbucket';
import {
  addRepository,
  BRANCH,
  pushLifecycle,
  slugsOf,
  writtenIn,
} from './repositories';

/** What is asked for, of either product. */
export type AnyEndpoint = Endpoint | DataCenterEndpoint;

/** A simulated product, as far as faults need it. */
type AnySimulator = {
  faults: Pick<Faults<AnyEndpoint>, 'add' | 'clear'>;
  requests: Pick<RequestLog<AnyEndpoint>, 'count' | 'clear' | 'entries'>;
};

/** Rows of a page of the list of repositories. */
export const PAGELEN = 2;

/** What the provider of each product reads. */
export const PROVIDER = {
  branch: BRANCH,
  fallbackToDefaultBranch: true,
  catalogPath: ['/catalog-info.yaml', '/services/*/*.yaml'],
  pagelen: PAGELEN,
};

/**
 * A Bitbucket of either product with repositories that have a catalog file each; and a
 * backend that walks them.
 */
export abstract class AnyBitbucket {
  /** The slugs of all repositories that ever were, each with a component of that name. */
  readonly everWritten = new Set<string>();
  #changes = 0;

  /** @param acme - the workspace or project that holds the repositories */
  protected constructor(readonly acme: SimulatedWorkspace) {}

  abstract readonly simulator: AnySimulator;
  /** What is walked, as the log names it. */
  abstract readonly workspace: string;
  /** The list of repositories, as walks alone request it. */
  abstract readonly list: FaultTarget<AnyEndpoint>;

  /** Starts a backend on a database. */
  abstract startBackend(
    timing: FakeTiming,
    database: Database,
  ): Promise<TestBackend>;

  abstract stop(): Promise<void>;

  /** Is out of reach meanwhile, and has the same address after that. */
  abstract isDown(meanwhile: () => Promise<void>): Promise<void>;

  /** Which repositories the credential can see. */
  protected abstract sees(repository: SimulatedRepository): boolean;

  /** Lets something happen between the list and the reads of a repository, once. */
  abstract afterTheList(slug: string, happens: () => void): void;

  /** Adds the repositories that there are at first. */
  protected addFirst(repositories: number): void {
    for (let count = 0; count < repositories; count += 1) {
      addRepository(this.acme, `first${count}`, { hasBranch: count % 2 === 1 });
    }
    this.slugs.forEach(slug => this.everWritten.add(slug));
  }

  /** The slugs of the repositories, those first that were added first. */
  get slugs(): string[] {
    return slugsOf(this.acme);
  }

  /** A repository comes and another goes; the oldest stays. */
  change(): void {
    this.acme.removeRepository(this.slugs[1]);
    this.addOne();
  }

  /** @returns the slug of the new repository */
  addOne({ hasBranch = this.#changes % 2 === 0 } = {}): string {
    this.#changes += 1;
    const slug = `added${this.#changes}`;
    addRepository(this.acme, slug, { hasBranch });
    this.everWritten.add(slug);
    return slug;
  }

  /** Changes the catalog file of some repositories, or of all. */
  push(slugs: string[] = this.slugs): void {
    this.#changes += 1;
    for (const slug of slugs) {
      pushLifecycle(this.acme, slug, `changed${this.#changes}`);
    }
  }

  /** The name and lifecycle of each component that the credential can see. */
  get written(): string[] {
    return this.acme.repositories
      .filter(one => this.sees(one))
      .flatMap(writtenIn);
  }
}

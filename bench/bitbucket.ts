import { SimulatedPullRequest } from '../dev/simulator';

export const CATALOG_FILE = 'catalog-info.yaml';

/** What a request is for. */
export type Purpose =
  /** A page of the whole list of repositories. */
  | 'listing'
  /** A page of the list of what was updated since. */
  | 'updates'
  /** The head of a default branch, where no list has it. */
  | 'head'
  /** Something about one repository: its branches, commits, folders or pull requests. */
  | 'repository'
  /** The content of a file. */
  | 'file'
  /** What code search is asked for, and the projects that it is divided by. */
  | 'search';

/** A request as the log has it, and what it was for. */
export type BenchRequest = {
  /** Milliseconds since the epoch. */
  at: number;
  status?: number;
  purpose: Purpose;
};

/** A simulated product with generated repositories in it, and its request log. */
export interface Bitbucket {
  /** Root of the REST API. */
  readonly apiBaseUrl: string;
  /** Slugs of the repositories with a catalog file, each with a component of that name. */
  readonly components: string[];
  /** The owners of the components. */
  readonly teams: string[];
  /** How many projects they are in. */
  readonly projects: number;
  /** How many requests there were so far. */
  readonly requests: number;

  /** Pushes a new description of the component of a repository. */
  describeComponent(slug: string, description: string): void;

  /**
   * Pushes a new description of the component to a branch of its own.
   *
   * @param branch.hasMistake - whether the component lacks something there
   */
  pushBranch(branch: { slug: string; name: string; hasMistake: boolean }): void;

  /** @param branch - that is to be merged into the main branch */
  openPullRequest(slug: string, branch: string): SimulatedPullRequest;

  /** What was reported on the head of a pull request, and when. */
  reportOn(
    pullRequest: SimulatedPullRequest,
  ): { at: number; result?: string } | undefined;

  /** Delivers what happens from now on to this webhook alone. */
  deliverTo(url: string, secret: string): void;

  /** @param mark - {@link Bitbucket.requests} of an earlier time */
  since(mark: number): readonly BenchRequest[];

  stop(): Promise<void>;
}

export function withDescription(file: string, description: string): string {
  return file.replace(/^( *description:).*$/m, `$1 ${description}`);
}

export function countPurposes(
  requests: readonly Pick<BenchRequest, 'purpose'>[],
): Record<Purpose, number> {
  const counts = {
    listing: 0,
    updates: 0,
    head: 0,
    repository: 0,
    file: 0,
    search: 0,
  };
  for (const { purpose } of requests) {
    counts[purpose] += 1;
  }
  return counts;
}

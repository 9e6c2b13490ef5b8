import type { Commit, SimulatedRepository } from './repository';

/** The author of everything for which no other is named. */
export const ROBIN = 'Robin Example';

/** Where the changes of a pull request are, or where they are to go. */
export type PullRequestSide = {
  readonly repository: SimulatedRepository;
  readonly branch: string;
  /** While it is open, the head of the branch; the last one, once that is gone. */
  readonly commit: Commit;
};

/** A line of a file; `from` counts in the old version, `to` in the new one. */
export type InlinePlace = {
  path: string;
  from?: number | null;
  to?: number | null;
};

export type PullRequestComment = {
  readonly id: number;
  /** Empty once it was deleted. */
  raw: string;
  readonly inline?: InlinePlace;
  readonly author: string;
  /** Milliseconds since the epoch. */
  readonly createdOn: number;
  updatedOn: number;
  deleted: boolean;
};

/** A pull request as it stands; it is changed through {@link PullRequests}. */
export type SimulatedPullRequest = {
  /** Counts the pull requests of the destination's repository. */
  readonly id: number;
  title: string;
  description: string;
  state: 'OPEN' | 'MERGED' | 'DECLINED';
  draft: boolean;
  readonly author: string;
  /** Milliseconds since the epoch. */
  readonly createdOn: number;
  updatedOn: number;
  source: PullRequestSide;
  destination: PullRequestSide;
  mergeCommit?: Commit;
  closedBy?: string;
  /** Why it was declined. */
  reason: string;
  /** Oldest first, with those that were deleted. */
  readonly comments: PullRequestComment[];
};

export type NewPullRequest = {
  /** Branch that has the changes. */
  source: string;
  /** Repository of that branch. Default: the one it is opened in. */
  sourceRepository?: SimulatedRepository;
  /** Branch that the changes are for. Default: the main branch. */
  destination?: string;
  /** Default: the message of the source's head. */
  title?: string;
  description?: string;
  /** Default false. */
  draft?: boolean;
  /** Display name. */
  author?: string;
};

/** Where a branch is. */
export function sideOf(
  repository: SimulatedRepository,
  branch: string | undefined,
): PullRequestSide {
  const commit =
    branch === undefined ? undefined : repository.branches.get(branch);
  if (branch === undefined || !commit) {
    throw new Error(`${repository.fullName} has no branch ${branch}`);
  }
  return { repository, branch, commit };
}

/** The side at the head of its branch now. */
export const atHead = (side: PullRequestSide): PullRequestSide => ({
  ...side,
  commit: side.repository.branches.get(side.branch) ?? side.commit,
});

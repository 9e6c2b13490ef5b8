import { Repository } from '../bitbucket';

/** A catalog file at the head of a branch. */
export type CatalogFile = {
  repository: Pick<Repository, 'uuid' | 'fullName' | 'isPrivate'>;
  branch: string;
  /** Relative to the root of the repository, without a leading slash. */
  path: string;
};

/**
 * Why nothing was read from a repository: it has no commits, it lacks the
 * branch, it went away after it was listed, or the credential may not read it.
 */
export type SkipReason = 'empty' | 'no branch' | 'vanished' | 'unreadable';

/** A repository that nothing was read from. */
export type Skipped = {
  repository: Repository;
  reason: SkipReason;
  /** What Bitbucket answered, where that is the reason. */
  cause?: Error;
};

/** What one walk over a workspace found. */
export type Walk = {
  files: CatalogFile[];
  /** The repositories that the list holds and the filters let in. */
  repositories: Repository[];
  skipped: Skipped[];
};

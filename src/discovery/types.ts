import { Repository, RequestContext } from '../bitbucket';
import { ProviderConfig } from '../config';
import { FileIndex } from '../workspace';
import { CatalogPaths } from './catalogPaths';

/** What a walk looks into repositories with. */
export type WalkTools = {
  index: FileIndex;
  config: ProviderConfig;
  paths: CatalogPaths;
  context: RequestContext;
  /** Asks for a repository by itself. One request. */
  refetch(repository: Repository): Promise<Repository>;
};

/** A catalog file at the head of a branch. */
export type FoundFile = {
  /** Relative to the root of the repository, without a leading slash. */
  path: string;
  /** SHA-256 of its content, where that is known. */
  hash?: string;
};

/**
 * Why nothing was read from a repository: it has no commits, it lacks the
 * branch, it went away after it was listed, or Bitbucket's answers about it are
 * errors.
 */
export type SkipReason = 'empty' | 'no branch' | 'vanished' | 'failing';

/** A repository that nothing was read from. */
export type Skipped = {
  repository: Repository;
  reason: SkipReason;
  /** What Bitbucket answered, where that is the reason. */
  cause?: Error;
};

/** A repository that was looked into. */
export type Looked = {
  repository: Repository;
  branch: string;
  /** The head that was looked at; a full hash. */
  commit?: string;
  /** Sorted by path. */
  files: FoundFile[];
  reason?: undefined;
  cause?: undefined;
};

/** What came of looking into a repository. */
export type Finding = Looked | Skipped;

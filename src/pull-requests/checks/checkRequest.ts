import { CatalogService } from '@backstage/plugin-catalog-node';
import { PullRequestsConfig } from '../../config/types';
import { BackstageCredentials } from '@backstage/backend-plugin-api';
import { CatalogTables } from '../../catalog-tables/CatalogTables';
import { ScmUrls } from '../../scm/urls';

/** A catalog file that a pull request touches, or that reads one that it touches. */
export type TouchedFile = {
  /** At the head; absent where it is deleted. */
  path?: string;
  /** On the destination branch; absent where it is added. */
  oldPath?: string;
  /**
   * The URL under which the catalog reads it, or will: of `path`, or of `oldPath` where
   * it is deleted; on the destination branch.
   */
  location: string;
  /** False where the file itself is not touched, but something that it reads. */
  isTouched: boolean;
  /** Present where that is a target of a Location, so that only its Locations matter. */
  isForTargets?: true;
  /** Present where only a Location with wildcards reads it. */
  isByWildcard?: true;
};

/** The content of a file, or why there is none. */
export type FileContent =
  { content: Buffer } | { missing: 'absent' | 'too-large' | 'lfs' };

/** A file that the destination branch has changed since the pull request branched off. */
export type BranchChange = {
  /** Whether the pull request has changed it, too. */
  isTouched: boolean;
  /** What it was before both; absent where that is not known. */
  before?: FileContent;
};

/** What is to be checked. */
export type CheckRequest = {
  /** The repository of the pull request, which public ones tell nothing of others. */
  repository: { fullName: string; isPrivate: boolean };
  /** Of the repository that the head is in, which is another one for a fork. */
  headName: string;
  /** The full hash. */
  head: string;
  /** The destination branch. */
  branch: string;
  files: readonly TouchedFile[];
  settings: Pick<PullRequestsConfig, 'references' | 'conflicts' | 'removals'>;
};

/** What a check uses of the backend. */
export type CheckServices = {
  catalog: Pick<CatalogService, 'validateEntity' | 'getEntitiesByRefs'>;
  credentials(): Promise<BackstageCredentials>;
  tables: CatalogTables;
  urls: ScmUrls;
  /**
   * A file at the head or on the destination branch. Rejects with the host's errors. What
   * was read once costs nothing again, also when the catalog reads the same URL.
   */
  read(side: 'head' | 'base', path: string): Promise<FileContent>;
  /**
   * The paths at the head that a pattern with wildcards finds; undefined where that takes
   * too many requests.
   */
  find(pattern: string): Promise<string[] | undefined>;
  /**
   * Which of some files on the destination branch it has changed since the pull request
   * branched off, by path.
   */
  changedOnBranch(
    paths: readonly string[],
  ): Promise<ReadonlyMap<string, BranchChange>>;
  signal: AbortSignal;
  /** Milliseconds since the epoch. */
  now(): number;
};

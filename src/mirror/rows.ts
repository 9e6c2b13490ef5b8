import { hashOf } from '../lib/text';
import { Ref, Repository } from '../scm/types';

/** A branch, a tag or a commit of a repository. */
export type RefName = { fullName: string; ref: string };

/** What a ref points at. */
export type CachedRef = {
  /** Undefined where there is no such ref, or none of the kind. */
  commit?: string;
  /** Absent for a commit, and where it is not known. */
  kind?: Ref['kind'];
  /** The repository's `updated_on` when that was asked. */
  updatedOn?: string;
};

/** What is at a path. */
export type IndexedFile = {
  /** Whether it is a regular file. */
  exists: boolean;
  /** SHA-256 of its content, where that is kept. */
  hash?: string;
  /** Bitbucket's. */
  etag?: string;
  /**
   * Bytes, where that is known. A file that was larger than was read has no hash.
   */
  size?: number;
  /** Whether Git LFS keeps its content, out of Bitbucket's reach. */
  isLfs?: true;
  /** When Bitbucket last said so. Milliseconds since the epoch. */
  checkedAt?: number;
};

/** What is known at the commit of a ref. */
export type CachedFiles = {
  ref: CachedRef;
  /** By path. */
  files: Map<string, IndexedFile>;
  /** Paths by pattern. */
  globResults: Map<string, string[]>;
};

export type RefRow = {
  id: string;
  full_name: string;
  ref: string;
  commit: string | null;
  kind: string | null;
  updated_on: string | null;
  used_at: number;
  checked_at: number | null;
  is_rechecked: boolean | number;
};
export type FileRow = {
  ref_id: string;
  path_id: string;
  path: string;
  exists: boolean | number;
  content_hash: string | null;
  etag: string | null;
  size: number | null;
  is_lfs: boolean | number | null;
  checked_at: number | null;
};
export type GlobResultRow = {
  ref_id: string;
  pattern_id: string;
  pattern: string;
  paths: string;
  checked_at: number | null;
};

export const REFS = 'bitbucket__refs';
export const FILES = 'bitbucket__files';
export const GLOB_RESULTS = 'bitbucket__glob_results';

/** The primary key of a ref. */
export const refId = ({ fullName, ref }: RefName) => hashOf(fullName, ref);

export function toRef({ commit, kind, updated_on }: RefRow): CachedRef {
  return {
    commit: commit ?? undefined,
    ...(kind === 'branch' || kind === 'tag' ? { kind } : {}),
    updatedOn: updated_on ?? undefined,
  };
}

export function toFile(row: FileRow): IndexedFile {
  return {
    exists: Boolean(row.exists),
    hash: row.content_hash ?? undefined,
    etag: row.etag ?? undefined,
    size: row.size ?? undefined,
    isLfs: row.is_lfs ? true : undefined,
  };
}

export function toFileRow(
  id: string,
  path: string,
  { exists, hash, etag, size, isLfs, checkedAt }: IndexedFile,
): FileRow {
  return {
    ref_id: id,
    path_id: hashOf(path),
    path,
    exists,
    content_hash: hash ?? null,
    etag: etag ?? null,
    size: size ?? null,
    is_lfs: isLfs ?? null,
    checked_at: checkedAt ?? null,
  };
}

export function toGlobResultRow(
  id: string,
  pattern: string,
  paths: string[],
  checkedAt: number,
): GlobResultRow {
  return {
    ref_id: id,
    pattern_id: hashOf(pattern),
    pattern,
    paths: JSON.stringify(paths),
    checked_at: checkedAt,
  };
}

/** A repository as Bitbucket last described it. */
export type IndexedRepository = Repository & {
  /** The version of its selection in which it last changed. */
  version: number;
  /** When Bitbucket last described it. Milliseconds since the epoch. */
  seenAt: number;
};

export type RepositoryRow = {
  selection_id: string;
  uuid: string;
  full_name: string;
  slug: string;
  /** SQLite has numbers for booleans. */
  is_private: boolean | number;
  is_fork: boolean | number;
  is_archived?: boolean | number | null;
  project_key: string | null;
  main_branch: string | null;
  head: string | null;
  updated_on: string | null;
  version: number;
  seen_at: number;
};

/** No branch has this name. */
const UNKNOWN = '';

/** Of a repository that has to be asked for its main branch. */
export const UNKNOWN_MAIN_BRANCH = { main_branch: UNKNOWN, head: null };

export function toRow(
  selectionId: string,
  repository: IndexedRepository,
): RepositoryRow {
  return {
    selection_id: selectionId,
    uuid: repository.uuid,
    full_name: repository.fullName,
    slug: repository.slug,
    is_private: repository.isPrivate,
    is_fork: repository.isFork,
    is_archived: repository.isArchived ?? null,
    project_key: repository.projectKey ?? null,
    main_branch:
      repository.mainBranch === undefined
        ? UNKNOWN
        : (repository.mainBranch?.name ?? null),
    head: repository.mainBranch?.hash ?? null,
    updated_on: repository.updatedOn ?? null,
    version: repository.version,
    seen_at: repository.seenAt,
  };
}

export function fromRow(row: RepositoryRow): IndexedRepository {
  return {
    uuid: row.uuid,
    slug: row.slug,
    fullName: row.full_name,
    isPrivate: Boolean(row.is_private),
    isFork: Boolean(row.is_fork),
    ...(typeof row.is_archived === 'boolean' ||
    typeof row.is_archived === 'number'
      ? { isArchived: Boolean(row.is_archived) }
      : {}),
    projectKey: row.project_key ?? undefined,
    mainBranch: mainBranchOf(row),
    updatedOn: row.updated_on ?? undefined,
    version: row.version,
    seenAt: row.seen_at,
  };
}

function mainBranchOf({ main_branch: name, head }: RepositoryRow) {
  if (name === null) {
    return null;
  }
  return name === UNKNOWN ? undefined : { name, hash: head ?? undefined };
}

/**
 * A repository as it is known when the latest response leaves the main branch out:
 * that stays as it was, and once the repository was updated, its head has to be
 * asked for.
 */
export function withKnownMainBranch<T extends Repository>(
  latest: T,
  known: Repository | undefined,
): T {
  if (latest.mainBranch !== undefined || !known?.mainBranch) {
    const isSameAge = known && known.updatedOn === latest.updatedOn;
    return latest.mainBranch === undefined && isSameAge
      ? { ...latest, mainBranch: known.mainBranch }
      : latest;
  }
  const { name, hash } = known.mainBranch;
  const isUpdated = known.updatedOn !== latest.updatedOn;
  return {
    ...latest,
    mainBranch: { name, hash: isUpdated ? undefined : hash },
  };
}

/** Whether nothing that matters here has changed. */
export function isSame(
  known: Repository | undefined,
  latest: Repository,
): boolean {
  return (
    known !== undefined &&
    known.fullName === latest.fullName &&
    known.slug === latest.slug &&
    known.isPrivate === latest.isPrivate &&
    known.isFork === latest.isFork &&
    known.isArchived === latest.isArchived &&
    known.projectKey === latest.projectKey &&
    (known.mainBranch === null) === (latest.mainBranch === null) &&
    known.mainBranch?.name === latest.mainBranch?.name &&
    known.mainBranch?.hash === latest.mainBranch?.hash &&
    known.updatedOn === latest.updatedOn
  );
}

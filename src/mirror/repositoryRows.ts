import { Repository } from '../scm/types';

/** A repository as Bitbucket last described it. */
export type IndexedRepository = Repository & {
  /** The version of its scope in which it last changed. */
  version: number;
  /** When Bitbucket last described it. Milliseconds since the epoch. */
  seenAt: number;
};

export type RepositoryRow = {
  scope: string;
  uuid: string;
  full_name: string;
  slug: string;
  /** SQLite has numbers for booleans. */
  is_private: boolean | number;
  is_fork: boolean | number;
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
  scope: string,
  repository: IndexedRepository,
): RepositoryRow {
  return {
    scope,
    uuid: repository.uuid,
    full_name: repository.fullName,
    slug: repository.slug,
    is_private: repository.isPrivate,
    is_fork: repository.isFork,
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
    known.projectKey === latest.projectKey &&
    (known.mainBranch === null) === (latest.mainBranch === null) &&
    known.mainBranch?.name === latest.mainBranch?.name &&
    known.mainBranch?.hash === latest.mainBranch?.hash &&
    known.updatedOn === latest.updatedOn
  );
}

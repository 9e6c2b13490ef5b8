import { Repository } from '../bitbucket';

/** A repository as Bitbucket last told of it. */
export type IndexedRepository = Repository & {
  /** The version of its scope in which it last changed. */
  version: number;
  /** When Bitbucket last told of it. Milliseconds since the epoch. */
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
    main_branch: repository.mainBranch?.name ?? null,
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
    mainBranch:
      row.main_branch === null
        ? undefined
        : { name: row.main_branch, hash: row.head ?? undefined },
    updatedOn: row.updated_on ?? undefined,
    version: row.version,
    seenAt: row.seen_at,
  };
}

/** Whether nothing that matters here has changed. */
export function isSame(
  known: Repository | undefined,
  told: Repository,
): boolean {
  return (
    known !== undefined &&
    known.fullName === told.fullName &&
    known.slug === told.slug &&
    known.isPrivate === told.isPrivate &&
    known.isFork === told.isFork &&
    known.projectKey === told.projectKey &&
    known.mainBranch?.name === told.mainBranch?.name &&
    known.mainBranch?.hash === told.mainBranch?.hash &&
    known.updatedOn === told.updatedOn
  );
}

import { hashOf } from '../lib/text';
import { Ref } from '../scm/types';

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

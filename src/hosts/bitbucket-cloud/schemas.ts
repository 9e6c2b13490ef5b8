import { z } from 'zod';
import {
  Branch,
  ChangedPath,
  Ref,
  Repository,
  SourceEntry,
} from '../../scm/types';
import { lenientRows } from '../../http/rows';

/** A commit. */
export type Commit = {
  hash: string;
  /** ISO 8601. */
  date?: string;
};

/** A file's bytes, and what tells whether they changed. */
export type FileContent = { content: Buffer; etag?: string };

/** Which repositories to list. */
export type RepositoryQuery = {
  /** An expression in Bitbucket's query language. */
  q?: string;
  /** A field, with `-` in front for descending order. */
  sort?: string;
  /** Rows per page, 1 to 100. Default 100. */
  pagelen?: number;
  /**
   * Whether the list ends with an error where rows are not of the expected shape:
   * for who concludes something from what is not in it. Default false.
   */
  strict?: boolean;
};

/** Which branches, or which branches and tags, to list. */
export type BranchQuery = {
  /** An expression in Bitbucket's query language. */
  q?: string;
};

/** Which files and directories to list. */
export type SourceQuery = {
  /** How many levels to descend. Bitbucket's default is 1: the directory itself. */
  maxDepth?: number;
  /** An expression in Bitbucket's query language. */
  q?: string;
  /** Rows per page, 1 to 100. Default 100. */
  pagelen?: number;
};

// What is read of Bitbucket's answers, and made of it. `fields` asks for just
// that: https://developer.atlassian.com/cloud/bitbucket/rest/intro/#partial-response

/** A page of whatever rows. */
export const pageOf = <T>(row: z.ZodType<T>) =>
  z.object({ values: z.array(row), next: z.string().nullish() });

/** A page of whatever rows, those that are not of the expected shape aside. */
export const lenientPageOf = <T>(row: z.ZodType<T>) =>
  z.object({ values: lenientRows(row), next: z.string().nullish() });

/** Fields of a page whose rows have the given ones. */
export const pageFields = (rowFields: readonly string[]) =>
  ['next', ...rowFields.map(field => `values.${field}`)].join(',');

/** A time in ISO 8601; undefined for what is none, which says nothing. */
const timeSchema = z
  .string()
  .nullish()
  .transform(text =>
    Number.isNaN(Date.parse(text ?? '')) ? undefined : (text ?? undefined),
  );

export const REPOSITORY_FIELDS = [
  'uuid',
  'slug',
  'full_name',
  'is_private',
  'project.key',
  'mainbranch.name',
  'mainbranch.target.hash',
  'parent.uuid',
  'created_on',
  'updated_on',
];

export const repositorySchema = z
  .object({
    uuid: z.string(),
    slug: z.string().nullish(),
    full_name: z.string(),
    is_private: z.boolean(),
    project: z.object({ key: z.string().nullish() }).nullish(),
    mainbranch: z
      .object({
        name: z.string(),
        target: z.object({ hash: z.string().nullish() }).nullish(),
      })
      .nullish(),
    parent: z.object({}).nullish(),
    created_on: timeSchema,
    updated_on: timeSchema,
  })
  .transform((row): Repository => ({
    uuid: row.uuid,
    slug: row.slug ?? row.full_name.slice(row.full_name.indexOf('/') + 1),
    fullName: row.full_name,
    isPrivate: row.is_private,
    isFork: Boolean(row.parent),
    projectKey: row.project?.key ?? undefined,
    mainBranch: row.mainbranch
      ? {
          name: row.mainbranch.name,
          hash: row.mainbranch.target?.hash ?? undefined,
        }
      : row.mainbranch,
    createdOn: row.created_on,
    updatedOn: row.updated_on,
  }));

export const BRANCH_FIELDS = ['name', 'target.hash'];

export const branchSchema = z
  .object({ name: z.string(), target: z.object({ hash: z.string() }) })
  .transform(({ name, target }): Branch => ({ name, hash: target.hash }));

export const REF_FIELDS = ['type', ...BRANCH_FIELDS];

export const refSchema = z
  .object({
    type: z.string(),
    name: z.string(),
    target: z.object({ hash: z.string() }),
  })
  .transform(({ type, name, target }): Ref => ({
    kind: type === 'tag' ? 'tag' : 'branch',
    name,
    hash: target.hash,
  }));

export const COMMIT_FIELDS = ['hash', 'date'];

export const commitSchema = z
  .object({ hash: z.string(), date: z.string().nullish() })
  .transform(({ hash, date }): Commit => ({ hash, date: date ?? undefined }));

export const SOURCE_ENTRY_FIELDS = [
  'type',
  'path',
  'size',
  'attributes',
  'commit.hash',
];

export const sourceEntrySchema = z
  .object({
    type: z.enum(['commit_file', 'commit_directory']),
    path: z.string(),
    size: z.number().nullish(),
    attributes: z.array(z.string()).nullish(),
    commit: z.object({ hash: z.string().nullish() }).nullish(),
  })
  .transform((row): SourceEntry => ({
    type: row.type === 'commit_directory' ? 'directory' : 'file',
    path: row.path,
    size: row.size ?? undefined,
    attributes: row.attributes ?? [],
    hash: row.commit?.hash ?? undefined,
  }));

export const DIFFSTAT_FIELDS = ['old.path', 'new.path'];

const diffstatSideSchema = z.object({ path: z.string() }).nullish();

/**
 * A change that names no path proves nothing of the others: all is read again then.
 *
 * Up to two paths: the one before, if there is no file any more, and the one after.
 */
export const diffstatSchema = z
  .object({ old: diffstatSideSchema, new: diffstatSideSchema })
  .refine(row => row.old ?? row.new, 'names no path')
  .transform((row): ChangedPath[] => {
    const before = row.old?.path;
    const after = row.new?.path;
    return [
      ...(before !== undefined && before !== after
        ? [{ path: before, exists: false, movedTo: after }]
        : []),
      ...(after !== undefined ? [{ path: after, exists: true }] : []),
    ];
  });

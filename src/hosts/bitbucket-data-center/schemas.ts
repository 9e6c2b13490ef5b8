import { z } from 'zod';
import { COMMIT_HASH } from '../../lib/text';
import { Branch, ChangedPath, Repository } from '../../scm/types';
import { toFullName, toUuid } from './names';

// What is read of an instance's answers, and made of it. Its description does not mark
// what may be null, so anything that is not needed may be.

const hash = z.string().regex(COMMIT_HASH);

/** A repository as rows and answers have it. */
export const repositorySchema = (host: string) =>
  z
    .object({
      id: z.number().int(),
      slug: z.string().min(1),
      project: z.object({
        key: z.string().min(1),
        public: z.boolean().nullish(),
      }),
      public: z.boolean().nullish(),
      archived: z.boolean().nullish(),
      origin: z.object({}).nullish(),
    })
    .transform((row): Repository => ({
      uuid: toUuid(host, row.id),
      slug: row.slug,
      fullName: toFullName(host, {
        projectKey: row.project.key,
        slug: row.slug,
      }),
      // All repositories of a public project are public.
      isPrivate: !row.public && !row.project.public,
      isFork: Boolean(row.origin),
      isArchived: row.archived ?? false,
      projectKey: row.project.key,
    }));

/** A branch with its head. */
export const branchSchema = z
  .object({ id: z.string(), latestCommit: hash })
  .transform(({ id, latestCommit }): Branch => ({
    name: id.replace(/^refs\/heads\//, ''),
    hash: latestCommit,
  }));

/** A tag; what an annotated one points at. */
export const tagSchema = z
  .object({ id: z.string(), latestCommit: hash })
  .transform(({ id, latestCommit }): Branch => ({
    name: id.replace(/^refs\/tags\//, ''),
    hash: latestCommit,
  }));

/** The name of a branch that need not exist. */
export const branchNameSchema = z
  .object({ id: z.string() })
  .transform(({ id }) => id.replace(/^refs\/heads\//, ''));

export const commitSchema = z.object({ id: hash });

/** What is at a path. */
export const nodeTypeSchema = z.object({ type: z.string() });

export const pathSchema = z.string();

/** The path of a change. */
export const changePathSchema = z
  .object({ components: z.array(z.string()) })
  .transform(({ components }) => components.join('/'));

/**
 * Up to two paths: the one before, if there is no file any more, and the one after.
 * Refuses a change of another kind than Bitbucket describes, `UNKNOWN` too.
 */
export const changeSchema = z
  .object({
    type: z.enum(['ADD', 'COPY', 'DELETE', 'MODIFY', 'MOVE']),
    path: changePathSchema,
    srcPath: changePathSchema.nullish(),
    nodeType: z.string().nullish(),
  })
  .transform(({ type, path, srcPath, nodeType }): ChangedPath[] => [
    ...(type === 'MOVE' && typeof srcPath === 'string' && srcPath !== path
      ? [{ path: srcPath, exists: false, movedTo: path }]
      : []),
    { path, exists: type !== 'DELETE' && nodeType !== 'SUBMODULE' },
  ]);

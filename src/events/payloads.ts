import { z } from 'zod';

/** In braces. Anyone may send anything, and this goes into URLs and the database. */
const uuid = z.string().regex(/^\{[\w-]{1,64}\}$/);

/** `workspace/repository`. */
const fullName = z.string().regex(/^[\w.{}-]{1,256}\/[\w.{}-]{1,256}$/);

const refSchema = z.object({
  /** `branch` or `tag`, or another kind that may come some day. */
  type: z.string().optional(),
  name: z.string(),
  target: z.object({ hash: z.string() }).optional(),
});

/**
 * What is read of a delivery. Bitbucket leaves out much of a repository here, its
 * slug and its main branch among others.
 *
 * https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/
 */
export const deliverySchema = z.object({
  repository: z
    .object({
      uuid,
      full_name: fullName,
      workspace: z.object({ uuid: uuid.optional() }).optional(),
    })
    .optional(),
  push: z
    .object({
      changes: z.array(
        z.object({ old: refSchema.nullish(), new: refSchema.nullish() }),
      ),
    })
    .optional(),
  project: z
    .object({
      key: z
        .string()
        .regex(/^\w{1,128}$/)
        .optional(),
      workspace: z
        .object({ slug: z.string().optional(), uuid: z.string().optional() })
        .optional(),
    })
    .optional(),
});

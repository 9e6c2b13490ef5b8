import { z } from 'zod';

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
      uuid: z.string(),
      full_name: z.string(),
      workspace: z.object({ uuid: z.string().optional() }).optional(),
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
      key: z.string().optional(),
      workspace: z.object({ slug: z.string().optional() }).optional(),
    })
    .optional(),
});

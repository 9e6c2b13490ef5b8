import { z } from 'zod';
import {
  FULL_NAME,
  HASH,
  isRefName,
  PROJECT_KEY,
  REF_KIND,
  UUID,
  WORKSPACE,
} from './text';

/** With more branches and tags at once, a payload exceeds the size that Bitbucket delivers. */
const MAX_CHANGES = 1_000;

const uuid = z.string().regex(UUID);

const refSchema = z.object({
  type: z.string().regex(REF_KIND).nullish(),
  name: z.string().refine(isRefName),
  target: z.object({ hash: z.string().regex(HASH) }).nullish(),
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
      full_name: z.string().regex(FULL_NAME),
      workspace: z.object({ uuid: uuid.nullish() }).nullish(),
    })
    .optional(),
  push: z
    .object({
      changes: z
        .array(z.object({ old: refSchema.nullish(), new: refSchema.nullish() }))
        .max(MAX_CHANGES),
    })
    .optional(),
  project: z
    .object({
      key: z.string().regex(PROJECT_KEY).optional(),
      workspace: z
        .object({
          slug: z.string().regex(WORKSPACE).optional(),
          uuid: uuid.nullish(),
        })
        .optional(),
    })
    .optional(),
});

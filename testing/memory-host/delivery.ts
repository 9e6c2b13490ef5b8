import { z } from 'zod';
import { Delivery } from '../../src/scm/changes';
import { HOST, StoredRepository } from './repositories';

const deliverySchema = z.object({
  id: z.number().int(),
  name: z.string().regex(/^[\w-]+\/[\w-]+$/),
  branch: z
    .object({
      name: z.string().regex(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u),
      head: z.string().regex(/^[0-9a-f]{40}$/),
    })
    .optional(),
});

export type MemoryDelivery = z.input<typeof deliverySchema>;

export function deliveryOf(
  { id, project, slug, branches }: StoredRepository,
  branch?: string,
): MemoryDelivery {
  return {
    ...{ id, name: `${project}/${slug}` },
    ...(branch && { branch: { name: branch, head: branches.get(branch)! } }),
  };
}

export function readDelivery(_headers: object, payload: unknown): Delivery {
  const { data } = deliverySchema.safeParse(payload);
  if (!data) {
    return { outcome: 'malformed', reason: 'it has another shape' };
  }
  const about = {
    ...{ workspace: HOST, uuid: `${data.id}` },
    fullName: `${HOST}/${data.name}`.toLowerCase(),
  };
  return {
    events: data.branch
      ? [{ kind: 'push', branches: [data.branch], ...about }]
      : [{ kind: 'repository', ...about }],
  };
}

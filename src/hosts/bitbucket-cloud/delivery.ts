import { z } from 'zod';
import {
  EVENT_KEY,
  FULL_NAME,
  HASH,
  isRefName,
  PROJECT_KEY,
  REF_KIND,
  UUID,
  WORKSPACE,
} from '../../lib/text';

/**
 * What deliveries are published under, and the end of the ingress' path:
 * `/api/events/http/bitbucketCloud`. The stock modules have the same.
 */
export const DELIVERIES_TOPIC = 'bitbucketCloud';

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
const deliverySchema = z.object({
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

/** A branch that someone pushed to, deleted or made. */
export type PushedBranch = {
  name: string;
  /** Absent where the branch was deleted. */
  head?: string;
};

/** Something has happened to a repository. */
export type RepositoryEvent = {
  /** The slug in the repository's full name. */
  workspace: string;
  workspaceUuid?: string;
  /** `workspace/repository`. */
  fullName: string;
  uuid: string;
  /** What was pushed; absent where something else happened to the repository. */
  branches?: PushedBranch[];
  /** Whether it is said to have been deleted, and not just changed. */
  isDeleted?: true;
};

/** Something has happened to a project. */
export type ProjectEvent = {
  /** Slug. */
  workspace: string;
  workspaceUuid?: string;
  /** As it is by now. */
  projectKey: string;
};

/**
 * What a delivery is about. It tells where to look, and nothing of what is there:
 * deliveries are late, repeated, lost and out of order, and may be forged. Each
 * of its strings has the form that it should have, and so may be logged.
 */
export type ChangeEvent = RepositoryEvent | ProjectEvent;

/** What is made of a delivery. */
type Delivery =
  | { outcome: 'ok'; event: ChangeEvent }
  | { outcome: 'ignored' | 'malformed'; reason: string };

/** Events after which a repository is looked at again. */
export const EVENTS = [
  'repo:push',
  'repo:created',
  'repo:deleted',
  'repo:imported',
  'repo:transfer',
  'repo:updated',
  'project:updated',
];

/**
 * Reads a delivery.
 *
 * @param eventKey - `X-Event-Key`, which is lost on the way between replicas
 * @param payload - parsed JSON, of whatever shape
 */
export function readDelivery(
  eventKey: string | undefined,
  payload: unknown,
): Delivery {
  if (eventKey !== undefined && !EVENT_KEY.test(eventKey)) {
    return malformed('X-Event-Key is not the key of an event');
  }
  if (eventKey !== undefined && !EVENTS.includes(eventKey)) {
    return ignored(`${eventKey} tells of nothing that the catalog has`);
  }
  const { success, data, error } = deliverySchema.safeParse(payload);
  if (!success) {
    // Names of the schema and numbers, nothing that was sent.
    const fields = error.issues.map(({ path }) => path.join('.') || 'the body');
    return malformed(
      `${eventKey ?? 'the delivery'} is not an event of Bitbucket Cloud: ${fields[0]} is not as documented`,
    );
  }
  const event = toRepositoryEvent(eventKey, data) ?? toProjectEvent(data);
  if (!event) {
    return ignored(
      `${eventKey ?? 'the delivery'} names no repository and no project`,
    );
  }
  if (!data.push) {
    return { outcome: 'ok', event };
  }
  const { changes } = data.push;
  if (changes.length === 0) {
    // Left out, since there are too many.
    return { outcome: 'ok', event };
  }
  const branches = changes.flatMap(toBranch);
  return branches.length > 0
    ? { outcome: 'ok', event: { ...event, branches } }
    : ignored('only tags were pushed');
}

type Payload = ReturnType<typeof deliverySchema.parse>;
type Change = NonNullable<Payload['push']>['changes'][number];

function toRepositoryEvent(
  eventKey: string | undefined,
  { repository }: Payload,
): RepositoryEvent | undefined {
  if (!repository) {
    return undefined;
  }
  const { uuid: id, full_name: name, workspace } = repository;
  const fullName = name.toLowerCase();
  return {
    workspace: fullName.split('/')[0],
    workspaceUuid: workspace?.uuid ?? undefined,
    fullName,
    uuid: id,
    ...(eventKey === 'repo:deleted' ? { isDeleted: true } : {}),
  };
}

function toProjectEvent({ project }: Payload): ProjectEvent | undefined {
  const { key, workspace } = project ?? {};
  return key !== undefined && workspace?.slug !== undefined
    ? {
        workspace: workspace.slug.toLowerCase(),
        workspaceUuid: workspace.uuid ?? undefined,
        projectKey: key,
      }
    : undefined;
}

function toBranch({ old, new: now }: Change): PushedBranch[] {
  const ref = now ?? old;
  return ref && ref.type !== 'tag'
    ? [{ name: ref.name, head: now?.target?.hash }]
    : [];
}

function malformed(reason: string): Delivery {
  return { outcome: 'malformed', reason };
}

function ignored(reason: string): Delivery {
  return { outcome: 'ignored', reason };
}

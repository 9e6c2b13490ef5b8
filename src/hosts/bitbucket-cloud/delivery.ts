import { z } from 'zod';
import {
  EVENT_KEY,
  FULL_NAME,
  HASH,
  isRefName,
  PROJECT_KEY,
  REF_KIND,
  REQUEST_ID,
  UUID,
  WORKSPACE,
} from '../../lib/text';
import { ScmDeliveries } from '../../scm/ScmHost';
import { Delivery, ProjectEvent, PushedBranch } from '../../scm/changes';
import { pullRequestSchema } from './pullRequestSchemas';

/**
 * What deliveries are published under, and the end of the ingress' path:
 * `/api/events/http/bitbucketCloud`. The stock modules have the same.
 */
const DELIVERIES_TOPIC = 'bitbucketCloud';

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
  pullrequest: pullRequestSchema.optional(),
});

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
 * Events after which a pull request is looked at again. What sets a push apart from an
 * update is documented nowhere, and both may come for one push.
 */
export const PULL_REQUEST_EVENTS = [
  'pullrequest:created',
  'pullrequest:updated',
  'pullrequest:push',
  'pullrequest:fulfilled',
  'pullrequest:rejected',
];

/** What a delivery has beside a pull request that someone has only said something about. */
const REMARKS = ['approval', 'changes_request', 'comment'];

/** The deliveries of Bitbucket Cloud's webhooks. */
export const bitbucketCloudDeliveries: ScmDeliveries = {
  topic: DELIVERIES_TOPIC,
  read(headers, payload) {
    const [eventKey] = [headers['x-event-key']].flat();
    const [id] = [headers['x-request-uuid']].flat();
    return id === undefined || REQUEST_ID.test(id)
      ? { id, ...readEvents(eventKey, payload) }
      : malformed('X-Request-UUID is not a uuid');
  },
};

/** @param eventKey - `X-Event-Key`, which is lost on the way between replicas */
function readEvents(eventKey: string | undefined, payload: unknown): Delivery {
  if (eventKey !== undefined && !EVENT_KEY.test(eventKey)) {
    return malformed('X-Event-Key is not the key of an event');
  }
  const isOfPullRequest =
    eventKey !== undefined && PULL_REQUEST_EVENTS.includes(eventKey);
  if (
    eventKey !== undefined &&
    !isOfPullRequest &&
    !EVENTS.includes(eventKey)
  ) {
    return ignored(`${eventKey} does not concern the catalog`);
  }
  if (!isOfPullRequest && isRemark(payload)) {
    return ignored('a remark on a pull request does not concern the catalog');
  }
  const { success, data, error } = deliverySchema.safeParse(payload);
  if (!success) {
    // Names of the schema and numbers, nothing that was sent.
    const fields = error.issues.map(({ path }) => path.join('.') || 'the body');
    return notAsDocumented(eventKey, fields[0]);
  }
  const { repository, project, push, pullrequest } = data;
  if (isOfPullRequest || pullrequest) {
    return toPullRequestEvent(eventKey, repository, pullrequest);
  }
  if (repository) {
    return toRepositoryEvent(eventKey, repository, push?.changes ?? []);
  }
  const event = project && toProjectEvent(project);
  return event
    ? { events: [event] }
    : ignored(
        `${eventKey ?? 'the delivery'} names no repository and no project`,
      );
}

type Payload = ReturnType<typeof deliverySchema.parse>;
type DeliveredRepository = NonNullable<Payload['repository']>;
type PushedRef = NonNullable<Payload['push']>['changes'][number];

/** Whether it is about what was said of a pull request, which the event's key may not tell. */
function isRemark(payload: unknown): boolean {
  const sent = Object(payload) as Record<string, unknown>;
  const has = (name: string) => (sent[name] ?? undefined) !== undefined;
  return has('pullrequest') && REMARKS.some(has);
}

function toPullRequestEvent(
  eventKey: string | undefined,
  repository: Payload['repository'],
  pullRequest: Payload['pullrequest'],
): Delivery {
  if (!pullRequest) {
    return notAsDocumented(eventKey, 'pullrequest');
  }
  if (!repository) {
    return notAsDocumented(eventKey, 'repository');
  }
  const about = aboutRepository(repository);
  const { destination } = pullRequest;
  const into = destination.repository ?? {
    uuid: about.uuid,
    fullName: about.fullName,
  };
  return into.uuid === about.uuid
    ? {
        events: [
          {
            kind: 'pull-request',
            ...about,
            pullRequest: {
              ...pullRequest,
              destination: { ...destination, repository: into },
            },
          },
        ],
      }
    : notAsDocumented(eventKey, 'pullrequest.destination.repository');
}

function aboutRepository(repository: DeliveredRepository) {
  const fullName = repository.full_name.toLowerCase();
  return {
    workspace: fullName.split('/')[0],
    workspaceUuid: repository.workspace?.uuid ?? undefined,
    fullName,
    uuid: repository.uuid,
  };
}

/** @param changes - empty where nothing was pushed, or more than Bitbucket lists */
function toRepositoryEvent(
  eventKey: string | undefined,
  repository: DeliveredRepository,
  changes: PushedRef[],
): Delivery {
  const about = aboutRepository(repository);
  if (changes.length === 0) {
    const isDeleted = eventKey === 'repo:deleted' || undefined;
    return {
      events: [
        { kind: 'repository', ...about, ...(isDeleted && { isDeleted }) },
      ],
    };
  }
  const branches = changes.flatMap(toBranch);
  return branches.length > 0
    ? { events: [{ kind: 'push', ...about, branches }] }
    : ignored('only tags were pushed');
}

function toProjectEvent({
  key,
  workspace,
}: NonNullable<Payload['project']>): ProjectEvent | undefined {
  return key !== undefined && workspace?.slug !== undefined
    ? {
        kind: 'project',
        workspace: workspace.slug.toLowerCase(),
        workspaceUuid: workspace.uuid ?? undefined,
        projectKey: key,
      }
    : undefined;
}

function toBranch({ old, new: now }: PushedRef): PushedBranch[] {
  const ref = now ?? old;
  return ref && ref.type !== 'tag'
    ? [{ name: ref.name, head: now?.target?.hash }]
    : [];
}

/** @param field - its name in the schema, nothing that was sent */
function notAsDocumented(
  eventKey: string | undefined,
  field: string,
): Delivery {
  return malformed(
    `${eventKey ?? 'the delivery'} is not an event of Bitbucket Cloud: ${field} is not as documented`,
  );
}

function malformed(reason: string): Delivery {
  return { outcome: 'malformed', reason };
}

function ignored(reason: string): Delivery {
  return { outcome: 'ignored', reason };
}

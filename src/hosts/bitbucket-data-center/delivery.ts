import { z } from 'zod';
import { EVENT_KEY, isRefName } from '../../lib/text';
import { ScmDeliveries } from '../../scm/ScmHost';
import { ChangeEvent, Delivery, PushedBranch } from '../../scm/changes';
import {
  branchOf,
  FULL_HASH,
  PROJECT_KEY,
  pullRequestOf,
  repositoryOf,
} from './pullRequestSchemas';

/**
 * What deliveries of all instances are published under, and the end of the ingress'
 * path: `/api/events/http/bitbucketServer`. The stock modules have the same.
 */
export const DELIVERIES_TOPIC = 'bitbucketServer';

/** Events after which a repository or a project is looked at again. */
export const EVENTS = [
  'repo:refs_changed',
  'repo:modified',
  'project:modified',
];

/** Events after which a pull request is looked at again, which a webhook may ask for. */
export const PULL_REQUEST_EVENTS = [
  'pr:opened',
  'pr:from_ref_updated',
  'pr:modified',
  'pr:merged',
  'pr:declined',
  'pr:deleted',
];

/**
 * An event that is also read, but not asked for. It is documented, but instances refuse a webhook that asks for it:
 * https://github.com/vriesdemichael/bitbucket-data-center-cli
 */
const TARGET_UPDATED = 'pr:to_ref_updated';

/** Sent, without a signature, when someone presses "Test connection". */
const PING = 'diagnostics:ping';

/** Which have a closed pull request, whatever its state says. */
const DELETED = 'pr:deleted';

/** Of more branches and tags at once, it is only said that some were pushed. */
const MAX_CHANGES = 1_000;

/** `X-Request-Id`. */
const REQUEST_ID = /^[\w{}@*:.-]{1,64}$/;

const NO_COMMIT = /^0+$/;

const changeSchema = z.object({
  refId: z
    .string()
    .refine(id => /^refs\/./.test(id) && isRefName(id.slice('refs/'.length))),
  toHash: z.string().regex(FULL_HASH).nullish(),
  type: z
    .string()
    .regex(/^\w{1,32}$/)
    .nullish(),
});

type Change = z.infer<typeof changeSchema>;

/**
 * What is read of each event.
 *
 * https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html
 */
const schemasOf = (host: string) => ({
  push: z.object({
    repository: repositoryOf(host),
    changes: z.preprocess(
      sent => (Array.isArray(sent) && sent.length > MAX_CHANGES ? [] : sent),
      z.array(changeSchema),
    ),
  }),
  modified: z.object({ old: repositoryOf(host), new: repositoryOf(host) }),
  project: z.object({
    new: z.object({ key: z.string().regex(PROJECT_KEY) }),
  }),
  pullRequest: z.object({
    pullRequest: pullRequestOf(host).refine(
      ({ destination }) => destination.repository,
      { path: ['toRef', 'repository'] },
    ),
  }),
});

/**
 * The deliveries of an instance's webhooks. Those of all instances come in under one
 * topic. One that says by its links that another instance has sent it is ignored; one
 * that does not say it is read, since an event only says where to look.
 *
 * @param options.host - the instance, as it is configured: `git.example.com`
 * @param options.otherHosts - the other instances that are configured
 */
export function createDataCenterDeliveries({
  host,
  otherHosts = [],
}: {
  host: string;
  otherHosts?: readonly string[];
}): ScmDeliveries {
  const schemas = schemasOf(host);
  const workspace = host.toLowerCase();

  /** The events of a payload, or the field of it that is not as documented. */
  function eventsOf(
    eventKey: string,
    payload: unknown,
  ): ChangeEvent[] | { field: string } | undefined {
    if (eventKey === 'repo:refs_changed') {
      return parsed(schemas.push, payload, ({ repository, changes }) =>
        toPush({ workspace, ...repository }, changes),
      );
    }
    if (eventKey === 'repo:modified') {
      return parsed(schemas.modified, payload, sent => {
        const { old, new: now } = sent;
        const repositories = old.fullName === now.fullName ? [now] : [old, now];
        return repositories.map(one => ({
          kind: 'repository',
          workspace,
          ...one,
        }));
      });
    }
    if (eventKey === 'project:modified') {
      return parsed(schemas.project, payload, sent => [
        { kind: 'project', workspace, projectKey: sent.new.key },
      ]);
    }
    if ([...PULL_REQUEST_EVENTS, TARGET_UPDATED].includes(eventKey)) {
      return parsed(schemas.pullRequest, payload, ({ pullRequest }) =>
        toPullRequest(workspace, eventKey, pullRequest),
      );
    }
    return undefined;
  }

  function readEvents(eventKey: string, payload: unknown): Delivery {
    const sender = otherHosts.find(other => isSentBy(other, payload));
    if (sender !== undefined) {
      return {
        ...ignored(`${eventKey} is from ${sender}`),
        isOfAnotherHost: true,
      };
    }
    const events = eventsOf(eventKey, payload);
    if (events === undefined) {
      return ignored(`${eventKey} does not concern the catalog`);
    }
    if ('field' in events) {
      return malformed(
        `${eventKey} is not an event of Bitbucket Data Center: ${events.field} is not as documented`,
      );
    }
    return events.length > 0 ? { events } : ignored('only tags were pushed');
  }

  function readNamed(eventKey: unknown, payload: unknown): Delivery {
    const isNamed = eventKey !== undefined && eventKey !== null;
    if (eventKey === PING || (!isNamed && Object(payload).test === true)) {
      return ignored('a test of the connection does not concern the catalog');
    }
    if (!isNamed) {
      return ignored('the delivery names no event');
    }
    return typeof eventKey === 'string' && EVENT_KEY.test(eventKey)
      ? readEvents(eventKey, payload)
      : malformed('eventKey is not the key of an event');
  }

  return {
    topic: DELIVERIES_TOPIC,
    isPing: headers => headers['x-event-key'] === PING,
    read(headers, payload) {
      const [id] = [headers['x-request-id']].flat();
      if (id !== undefined && !REQUEST_ID.test(id)) {
        return malformed('X-Request-Id is not the id of a request');
      }
      const [header] = [headers['x-event-key']].flat();
      if (header !== undefined && !EVENT_KEY.test(header)) {
        return { id, ...malformed('X-Event-Key is not the key of an event') };
      }
      // Headers are lost on the way between replicas.
      return { id, ...readNamed(header ?? Object(payload).eventKey, payload) };
    },
  };
}

function parsed<T>(
  schema: z.ZodType<T>,
  payload: unknown,
  toEvents: (data: T) => ChangeEvent[],
): ChangeEvent[] | { field: string } {
  const { success, data, error } = schema.safeParse(payload);
  if (success) {
    return toEvents(data);
  }
  // Names of the schema and numbers, nothing that was sent.
  const [{ path }] = error.issues;
  return { field: path.join('.') || 'the body' };
}

type About = { workspace: string; uuid: string; fullName: string };

/** @param changes - empty where more were pushed than are read */
function toPush(about: About, changes: Change[]): ChangeEvent[] {
  if (changes.length === 0) {
    return [{ kind: 'repository', ...about }];
  }
  const branches = changes.flatMap(toBranch);
  return branches.length > 0 ? [{ kind: 'push', ...about, branches }] : [];
}

function toBranch({ refId, toHash, type }: Change): PushedBranch[] {
  const name = branchOf(refId);
  const isDeleted = !toHash || NO_COMMIT.test(toHash) || type === 'DELETE';
  return name === undefined
    ? []
    : [{ name, head: isDeleted ? undefined : toHash.toLowerCase() }];
}

function toPullRequest(
  workspace: string,
  eventKey: string,
  pullRequest: z.infer<ReturnType<typeof pullRequestOf>>,
): ChangeEvent[] {
  const { repository } = pullRequest.destination;
  return repository
    ? [
        {
          kind: 'pull-request',
          workspace,
          ...repository,
          pullRequest:
            eventKey === DELETED
              ? { ...pullRequest, state: 'declined' }
              : pullRequest,
        },
      ]
    : [];
}

/** What a delivery may have a link to itself in; some versions have none, or `null`. */
const LINKED = [
  ['actor'],
  ['repository'],
  ['new'],
  ['project'],
  ['pullRequest'],
  ['pullRequest', 'toRef', 'repository'],
];

/** Whether a link in a delivery leads to an instance. */
function isSentBy(host: string, payload: unknown): boolean {
  return LINKED.some(names => {
    const linked = names.reduce(
      (value, name) => Object(value)[name],
      payload as any,
    );
    const href = Object(Object(Object(linked).links).self?.[0]).href;
    return (
      typeof href === 'string' &&
      URL.canParse(href) &&
      new URL(href).host === host.toLowerCase()
    );
  });
}

function malformed(reason: string): Delivery {
  return { outcome: 'malformed', reason };
}

function ignored(reason: string): Delivery {
  return { outcome: 'ignored', reason };
}

import { Deliveries } from '../deliveries';
import {
  PullRequestSide,
  Refs,
  SimulatedPullRequest,
  SimulatedRepository,
  uuid,
  WorkspaceEvent,
} from '../world';
import {
  commentEventBody,
  eventHead,
  projectModifiedBody,
  pullRequestBeforeBody,
  pullRequestEventBody,
  refsChangedBody,
  repositoryModifiedBody,
} from './bodies/event';
import type { DataCenterContext } from './context';
import type { HookEvent, HookScope, SimulatedHook } from './hooks';
import type { InstanceEvent } from './instance';

export type DataCenterDeliveries = Deliveries<HookEvent, SimulatedHook>;

/** What is to be sent to those that ask for an event. */
type Announcement = {
  key: HookEvent;
  scopes: HookScope[];
  /** Undefined where the event is about none. */
  repository?: SimulatedRepository;
  /** Is asked for only where someone is to hear of it; undefined is nothing. */
  body: () => object | undefined;
  actor?: string;
};

/**
 * Sends what happens on an instance to its webhooks.
 *
 * @returns ends it
 */
export function announceEvents(
  context: DataCenterContext,
  deliveries: DataCenterDeliveries,
): () => void {
  const { instance } = context;
  let announced = 0;
  return instance.onEvent(event => {
    for (const announcement of announcementsOf(context, event)) {
      const { key, scopes, repository, body, actor } = announcement;
      const hooks = instance.hooks.askingFor(key, scopes);
      const payload = hooks.length > 0 ? body() : undefined;
      if (!payload) {
        continue;
      }
      const head = eventHead(key, context.now(), actor);
      for (const hook of hooks) {
        announced += 1;
        deliveries.dispatch({
          event: key,
          hook,
          requestUuid: uuid('delivery', hook.uuid, String(announced)),
          repository: repository?.fullName,
          body: JSON.stringify({ ...head, ...payload }),
        });
      }
    }
  });
}

function announcementsOf(
  context: DataCenterContext,
  event: InstanceEvent,
): Announcement[] {
  switch (event.kind) {
    case 'projectModified': {
      const { project, before } = event;
      const body = () => projectModifiedBody(context, project, before);
      return [{ key: 'project:modified', scopes: [project], body }];
    }
    case 'repositoryModified': {
      const { repository, before } = event;
      return [
        about(repository, 'repo:modified', () =>
          repositoryModifiedBody(context, repository, before),
        ),
      ];
    }
    case 'pullRequestDeleted':
      return [ofPullRequest(context, 'pr:deleted', event.pullRequest)];
    case 'world':
      return announcementsOfWorld(context, event.event);
  }
}

/** There is no event for a repository that is created or deleted. */
function announcementsOfWorld(
  context: DataCenterContext,
  event: WorkspaceEvent,
): Announcement[] {
  switch (event.key) {
    case 'repo:push': {
      const { repository, before } = event;
      return [
        about(repository, 'repo:refs_changed', () =>
          refsChangedBody(context, repository, before),
        ),
        ...rescoped(context, repository, before),
      ];
    }
    case 'pullrequest:created':
      return [ofPullRequest(context, 'pr:opened', event.pullRequest, event)];
    case 'pullrequest:updated': {
      const { before, pullRequest } = event;
      // Of a push it was heard with the push.
      return before
        ? [
            ofPullRequest(context, 'pr:modified', pullRequest, {
              ...event,
              beside: pullRequestBeforeBody(context, before),
            }),
          ]
        : [];
    }
    case 'pullrequest:fulfilled':
      return [ofPullRequest(context, 'pr:merged', event.pullRequest, event)];
    case 'pullrequest:rejected':
      return [ofPullRequest(context, 'pr:declined', event.pullRequest, event)];
    case 'pullrequest:comment_created':
    case 'pullrequest:comment_updated':
    case 'pullrequest:comment_deleted': {
      const { repository, pullRequest, comment, actor } = event;
      const body = () => commentEventBody(context, pullRequest, comment);
      return [{ ...about(repository, COMMENTS[event.key], body), actor }];
    }
    default:
      return [];
  }
}

const COMMENTS = {
  'pullrequest:comment_created': 'pr:comment:added',
  'pullrequest:comment_updated': 'pr:comment:edited',
  'pullrequest:comment_deleted': 'pr:comment:deleted',
} as const;

const about = (
  repository: SimulatedRepository,
  key: HookEvent,
  body: Announcement['body'],
): Announcement => ({
  key,
  scopes: [repository, repository.workspace],
  repository,
  body,
});

function ofPullRequest(
  context: DataCenterContext,
  key: HookEvent,
  pullRequest: SimulatedPullRequest,
  { actor, beside }: { actor?: string; beside?: object } = {},
): Announcement {
  const body = () => pullRequestEventBody(context, pullRequest, beside);
  const { repository } = pullRequest.destination;
  return { ...about(repository, key, body), actor };
}

/** The open pull requests whose branches were pushed to. */
function rescoped(
  context: DataCenterContext,
  repository: SimulatedRepository,
  before: Refs,
): Announcement[] {
  const hasMoved = ({ repository: of, branch }: PullRequestSide) =>
    of === repository &&
    of.branches.has(branch) &&
    before.branches.get(branch) !== of.branches.get(branch);
  const open = ({ state }: SimulatedPullRequest) => state === 'OPEN';
  return [
    ...repository.pullRequestsFrom
      .filter(pullRequest => open(pullRequest) && hasMoved(pullRequest.source))
      .map(pullRequest => {
        const updated = atHeads(pullRequest, { updatedOn: context.now() });
        return ofPullRequest(context, 'pr:from_ref_updated', updated, {
          beside: { previousFromHash: pullRequest.source.commit.hash },
        });
      }),
    ...repository.pullRequests
      .filter(
        pullRequest => open(pullRequest) && hasMoved(pullRequest.destination),
      )
      .map(pullRequest =>
        ofPullRequest(context, 'pr:to_ref_updated', atHeads(pullRequest), {
          beside: { previousToHash: pullRequest.destination.commit.hash },
        }),
      ),
  ];
}

/** A pull request as it will be once it has followed the push. */
function atHeads(
  pullRequest: SimulatedPullRequest,
  changes: Partial<SimulatedPullRequest> = {},
): SimulatedPullRequest {
  const atHead = (side: PullRequestSide) => ({
    ...side,
    commit: side.repository.branches.get(side.branch) ?? side.commit,
  });
  return Object.assign(Object.create(pullRequest), {
    source: atHead(pullRequest.source),
    destination: atHead(pullRequest.destination),
    ...changes,
  });
}

import type { Project } from './project';
import type { PullRequestComment, SimulatedPullRequest } from './pullRequest';
import type { Refs, SimulatedRepository } from './repository';

type PullRequestEvent = {
  /** The one that the changes are for. */
  repository: SimulatedRepository;
  pullRequest: SimulatedPullRequest;
  /** Display name of its author. */
  actor: string;
};

export type PullRequestBefore = Pick<
  SimulatedPullRequest,
  'title' | 'description' | 'destination'
>;

/** Something that happened in a workspace, under the name that webhooks give it. */
export type WorkspaceEvent =
  | {
      key: 'repo:created' | 'repo:deleted' | 'repo:transfer';
      repository: SimulatedRepository;
    }
  | {
      key: 'repo:updated';
      repository: SimulatedRepository;
      before: { name: string; fullName: string };
    }
  | { key: 'repo:push'; repository: SimulatedRepository; before: Refs }
  | {
      key: 'project:updated';
      project: Project;
      before: { key: string; name: string };
    }
  | (PullRequestEvent & {
      key:
        | 'pullrequest:created'
        | 'pullrequest:push'
        | 'pullrequest:fulfilled'
        | 'pullrequest:rejected';
      comment?: undefined;
    })
  | (PullRequestEvent & {
      key: 'pullrequest:updated';
      /** What it was before someone edited it; undefined after a push. */
      before?: PullRequestBefore;
      comment?: undefined;
    })
  | (PullRequestEvent & {
      key:
        | 'pullrequest:comment_created'
        | 'pullrequest:comment_updated'
        | 'pullrequest:comment_deleted';
      comment: PullRequestComment;
    });

/** Is called at once, while everything is as the event left it. */
export type WorkspaceListener = (event: WorkspaceEvent) => void;

import { PullRequest } from './pullRequests';

/** A branch that someone pushed to, deleted or made. */
export type PushedBranch = {
  name: string;
  /** In full. Absent where the branch was deleted. */
  head?: string;
};

/** The repository that an event is about. */
type AboutRepository = {
  /** The one that the full name is in, in lower case. */
  workspace: string;
  /** Its permanent id, if the host has one. */
  workspaceUuid?: string;
  /** In lower case; see `Repository.fullName`. */
  fullName: string;
  /** See `Repository.uuid`. */
  uuid: string;
};

/** Branches of a repository were pushed to. */
export type PushEvent = AboutRepository & {
  kind: 'push';
  branches: PushedBranch[];
};

/**
 * Something else happened to a repository: it was made, renamed, transferred,
 * deleted or given other settings. A push whose branches the host does not name is
 * one of these too, since any branch may have moved.
 */
export type RepositoryEvent = AboutRepository & {
  kind: 'repository';
  /** Whether the delivery says that the repository was deleted. */
  isDeleted?: true;
};

/** Something happened to a project. */
export type ProjectEvent = {
  kind: 'project';
  /** In lower case. */
  workspace: string;
  workspaceUuid?: string;
  /** The key that the project has now. */
  projectKey: string;
};

/** What happened to a single repository. */
export type EventInRepository = PushEvent | RepositoryEvent;

/**
 * A pull request was opened, changed or closed. The repository is the one that it is
 * to be merged into.
 */
export type PullRequestEvent = AboutRepository & {
  kind: 'pull-request';
  /** As of when the delivery was sent. */
  pullRequest: PullRequest;
};

/**
 * What happened at the host, according to a delivery. It says where to look and
 * never what is there: deliveries arrive late, twice, out of order or not at all,
 * and anyone may forge one. Every string has been checked for its form, so that it
 * can be logged.
 */
export type ChangeEvent = EventInRepository | ProjectEvent | PullRequestEvent;

/** What becomes of reading a delivery: its events, or why it has none. */
export type Delivery = {
  /** The same when it comes again. Absent where it was lost on the way. */
  id?: string;
} & (
  | { events: ChangeEvent[] }
  | {
      outcome: 'ignored' | 'malformed';
      reason: string;
      /** Present where another host has sent it, which comes in by the same way. */
      isOfAnotherHost?: true;
    }
);

/** Whether an event is about a repository itself. */
export const isInRepository = (
  event: ChangeEvent,
): event is EventInRepository =>
  event.kind === 'push' || event.kind === 'repository';

/** The name by which log lines and reasons call what an event is about. */
export function subjectOf(event: ChangeEvent): string {
  switch (event.kind) {
    case 'project':
      return `Project ${event.projectKey} of ${event.workspace}`;
    case 'pull-request':
      return `Pull request ${event.pullRequest.number} of ${event.fullName}`;
    default:
      return `Repository ${event.fullName}`;
  }
}

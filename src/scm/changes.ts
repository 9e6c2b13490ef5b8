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
  /** What the host calls that for ever, if it does. */
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
 * What happened at the host, according to a delivery. It says where to look and
 * never what is there: deliveries arrive late, twice, out of order or not at all,
 * and anyone may forge one. Every string has been checked for its form, so that it
 * can be logged.
 *
 * What happens to a pull request would be one more kind here, and one more
 * subscriber that lists the kind; nothing between the two has to change.
 */
export type ChangeEvent = EventInRepository | ProjectEvent;

/** What becomes of reading a delivery: its events, or why it has none. */
export type Delivery = {
  /** The same when it comes again. Absent where it was lost on the way. */
  id?: string;
} & (
  | { events: ChangeEvent[] }
  | { outcome: 'ignored' | 'malformed'; reason: string }
);

/** The name by which log lines and reasons call what an event is about. */
export function subjectOf(event: ChangeEvent): string {
  return event.kind === 'project'
    ? `Project ${event.projectKey} of ${event.workspace}`
    : `Repository ${event.fullName}`;
}

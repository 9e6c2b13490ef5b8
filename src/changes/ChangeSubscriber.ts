import {
  ChangeEvent,
  EventInRepository,
  ProjectEvent,
  PullRequestEvent,
} from '../scm/changes';
import { RequestContext, RequestMeter } from '../scm/types';
import { ChangedRepository } from './ChangedRepository';

/** What is needed to handle a batch of events. */
type Handling = {
  /** Counts the requests of all subscribers. */
  context: RequestContext & { meter: RequestMeter };
};

/** Something happened to a repository. */
export type RepositoryChange = Handling & {
  about: 'repository';
  /** Of each kind, one for each full name that it was given, the latest one last. */
  events: EventInRepository[];
  repository: ChangedRepository;
};

/** Something happened to a project. */
type ProjectChange = Handling & {
  about: 'project';
  event: ProjectEvent;
};

/** Something happened to a pull request. */
export type PullRequestChange = Handling & {
  about: 'pull-request';
  /** The latest of those that came. */
  event: PullRequestEvent;
  /** When the first of them came, in milliseconds since the epoch. */
  at: number;
};

type Kind = ChangeEvent['kind'];

type Changes = {
  push: RepositoryChange;
  repository: RepositoryChange;
  project: ProjectChange;
  'pull-request': PullRequestChange;
};

/** A batch of events, as a subscriber to some kinds of them gets it. */
export type Change<Of extends Kind = Kind> = Changes[Of];

/** Keeps something up to date with what happens at the host. */
export type ChangeSubscriber<Of extends Kind = Kind> = {
  /** The subscriber is asked about events of these kinds, and about no others. */
  readonly kinds: readonly Of[];
  /**
   * Why an event does not concern the subscriber; undefined where it may. Costs no
   * request.
   */
  skipReason(
    event: Extract<ChangeEvent, { kind: Of }>,
  ): Promise<string | undefined>;
  /** Handles a batch with at least one event that concerns the subscriber. */
  handle(change: Change<Of>): Promise<void>;
};

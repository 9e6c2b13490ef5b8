import { CheckResult } from './checkResult';

/** Why a run began. */
export type RunTrigger = {
  by: 'delivery' | 'walk' | 'request';
  /** Milliseconds since the epoch. */
  at: number;
};

/**
 * The outcome of a run.
 *
 * - `running`: it is under way
 * - `passed`, `failed`: the verdict; a warning does not fail a run
 * - `irrelevant`: the pull request touches no catalog file
 * - `superseded`: there is a newer head
 * - `closed`: the pull request was merged or declined meanwhile
 * - `waiting`: something failed that may pass, and the run is tried again
 * - `abandoned`: something failed, and it is not tried again before the next event
 */
type RunOutcome =
  | 'running'
  | 'passed'
  | 'failed'
  | 'irrelevant'
  | 'superseded'
  | 'closed'
  | 'waiting'
  | 'abandoned';

/** Something that was posted to the host, or was to be. */
export type PostedPart = {
  what: 'report' | 'annotations' | 'status' | 'comment';
  outcome: 'posted' | 'unchanged' | 'refused' | 'failed' | 'deleted';
  at: number;
  /** What the host answered, where that says more; one line, without a secret. */
  message?: string;
};

/** A run: one check of a pull request, of one head against one destination. */
export type RunRecord = {
  id: string;
  trigger: RunTrigger;
  outcome: RunOutcome;
  /** The full hash of the head, once it is known. */
  head: string;
  destination: { branch: string; commit: string };
  startedAt: number;
  endedAt?: number;
  /** When the pull request was last changed, according to what the run began with. */
  pullRequestAt?: number;
  /**
   * The head and the branch that the host named last, where they are not those of the
   * run, although nothing shows that they are newer.
   */
  namedInstead?: { head: string; branch: string };
  /** When it is tried again. */
  retryAt?: number;
  /** Files that the pull request touches, catalog files or not. Absent where they are not known yet. */
  touchedFiles?: number;
  result?: CheckResult;
  /** Requests to the host. */
  requests: number;
  posted: PostedPart[];
  /** Why it has no verdict, or only a part of one: one line, without a secret. */
  message?: string;
};

/** The state of an entity of the plan after the merge. */
export type IngestedEntity = {
  entityRef: string;
  action: 'add' | 'change' | 'move' | 'remove';
  /** `pending` until the catalog has done it; `failing` where it reports errors. */
  state: 'done' | 'pending' | 'failing';
  /** When that was first seen; milliseconds since the epoch. */
  at?: number;
  /** What the catalog reports; one line. */
  message?: string;
};

/** A pull request, and the runs that were made of it. */
export type PullRequestRecord = {
  /** 160 random bits, as 40 hexadecimal digits: who knows them may read this. */
  pageId: string;
  fullName: string;
  isPrivate: boolean;
  number: number;
  title: string;
  /** The web address. */
  url: string;
  state: 'open' | 'merged' | 'declined';
  source: { branch: string };
  destination: { branch: string };
  /** The newest first. */
  runs: RunRecord[];
  /** Absent until it was merged. */
  merge?: { at: number; entities: IngestedEntity[] };
};

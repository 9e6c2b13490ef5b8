import { inOneLine } from '../lib/text';
import {
  isBitbucketError,
  isForbiddenError,
  isNotFoundError,
  isRateLimitedError,
  isTooMuchError,
  isUnauthorizedError,
} from '../scm/errors';
import { isSameCommit, PullRequest } from '../scm/pullRequests';
import { RunRecord } from './records';
import { branchChangesIn, countProblems } from './resultText';
import { publicText } from './publicText';

const MINUTE_MS = 60_000;

/** How long after each attempt a run that could not be finished is tried again. */
const RETRY_AFTER_MS = [1, 5, 30].map(minutes => minutes * MINUTE_MS);

/** A person grants the scope that is missing, or a credential gets another one. */
const REFUSED_RETRY_MS = 30 * MINUTE_MS;

/** After a day without the permission, it is not tried again. */
const REFUSED_FOR_MS = 24 * 60 * MINUTE_MS;

/** What becomes of a run that has no verdict, or whose verdict was not posted. */
export type NextStep = Pick<RunRecord, 'outcome' | 'retryAt' | 'message'>;

/** What went wrong, in words that everyone who sees the pull request may read. */
export class RunError extends Error {
  readonly name = 'RunError';
}

/** How far a run has come. */
type Progress = {
  /** Attempts that count, including the one that failed. */
  attempts: number;
  /** Milliseconds since the epoch. */
  startedAt: number;
  now: number;
};

/** What becomes of a run after an error. */
export function afterFailure(error: unknown, progress: Progress): NextStep {
  const { attempts, now } = progress;
  const message = failureInWords(error);
  if (isNotFoundError(error) && error.missing === 'ref' && attempts > 1) {
    // After a forced push, whose own event is on its way. The first time, it may be a
    // commit that is not visible everywhere yet.
    return { outcome: 'superseded', message };
  }
  if (isForbiddenError(error) || isUnauthorizedError(error)) {
    return afterRefusal(message, progress);
  }
  if (isRateLimitedError(error)) {
    return {
      outcome: 'waiting',
      retryAt: Math.max(now + RETRY_AFTER_MS[0], error.retryAt.getTime()),
      message,
    };
  }
  const wait = RETRY_AFTER_MS[attempts - 1];
  return wait === undefined
    ? { outcome: 'abandoned', message }
    : { outcome: 'waiting', retryAt: now + wait, message };
}

type OtherRun = Pick<
  RunRecord,
  'head' | 'destination' | 'startedAt' | 'pullRequestAt'
>;

/** A pull request as it was read, and what its run knows of it. */
type Reading = {
  /** What the run began with. */
  begun: Pick<PullRequest, 'source' | 'destination' | 'updatedAt'>;
  /** When the run began; milliseconds since the epoch. */
  startedAt: number;
  read: Pick<PullRequest, 'state' | 'source' | 'destination' | 'updatedAt'>;
  /** The other runs of the pull request. */
  others: OtherRun[];
  /** What an earlier attempt of the run read. */
  namedInstead: RunRecord['namedInstead'];
};

/**
 * What follows from reading a pull request whose run is to go on.
 *
 * - `same`: it is as the run began with, which goes on
 * - `outdated`: the same, but there is an event about a later state, which has a run of its own
 * - `closed`: it was merged or declined
 * - `superseded`: it has a newer head or another destination
 * - `stale`: the host may not show yet what the run began with, so it is read later.
 *   Right after a push, a copy or cache of the host may name the head before
 */
export function judgeReading(
  reading: Reading,
): 'same' | 'outdated' | 'closed' | 'superseded' | 'stale' {
  const { begun, read, others, namedInstead } = reading;
  if (read.state !== 'open') {
    return 'closed';
  }
  const isRead = (head: string, branch: string) =>
    isSameCommit(head, read.source.commit) &&
    branch === read.destination.branch;
  if (isRead(begun.source.commit, begun.destination.branch)) {
    const seenAt = [begun.updatedAt, read.updatedAt].filter(
      at => at !== undefined,
    );
    const isOutdated =
      seenAt.length > 0 &&
      others.some(one => compare(one.pullRequestAt, Math.max(...seenAt)));
    return isOutdated ? 'outdated' : 'same';
  }
  if (laterRuns(reading).length > 0) {
    return 'superseded';
  }
  const isKnown = others.some(({ head, destination }) =>
    isRead(head, destination.branch),
  );
  const isLater = compare(read.updatedAt, begun.updatedAt);
  if (!isKnown && isLater !== undefined) {
    return isLater ? 'superseded' : 'stale';
  }
  // What is read twice, minutes apart, is so: after a forced push, the head may be one
  // that was checked before.
  return namedInstead && isRead(namedInstead.head, namedInstead.branch)
    ? 'superseded'
    : 'stale';
}

/** The other runs that are of a later state, or where that is not known, began later. */
export function laterRuns<T extends OtherRun>({
  begun,
  startedAt,
  others,
}: Pick<Reading, 'begun' | 'startedAt'> & { others: T[] }): T[] {
  return others.filter(
    other =>
      compare(other.pullRequestAt, begun.updatedAt) ??
      other.startedAt > startedAt,
  );
}

/** Whether a time is later than another; undefined where they do not tell. */
function compare(one: number | undefined, other: number | undefined) {
  return one === undefined || other === undefined || one === other
    ? undefined
    : one > other;
}

/** Whether an attempt counts: one that was not allowed does not. */
export function isAttempt(error: unknown): boolean {
  return (
    !isRateLimitedError(error) &&
    !isForbiddenError(error) &&
    !isUnauthorizedError(error)
  );
}

/** What becomes of a run whose result the credential may not post, or that it may not read. */
export function afterRefusal(
  message: string,
  { startedAt, now }: Omit<Progress, 'attempts'>,
): NextStep {
  return now - startedAt >= REFUSED_FOR_MS
    ? { outcome: 'abandoned', message }
    : { outcome: 'waiting', retryAt: now + REFUSED_RETRY_MS, message };
}

/**
 * An error for the page of a run, which needs no sign-in. Messages of errors are for the
 * log: they name keys of the configuration, accounts and URLs.
 */
export function failureInWords(error: unknown): string {
  if (error instanceof RunError) {
    return publicText(error.message);
  }
  if (isRateLimitedError(error)) {
    return 'There are no requests left for pull requests.';
  }
  if (!isBitbucketError(error)) {
    return 'Something failed in the backend; its log says what.';
  }
  if (isForbiddenError(error) || isUnauthorizedError(error)) {
    return `The credential of this Backstage is not allowed to do this (${error.status}); the log of the backend says what it lacks.`;
  }
  if (isTooMuchError(error)) {
    return 'Bitbucket takes too long to respond.';
  }
  const answer =
    error.status === undefined
      ? 'There was no usable response'
      : `The response was ${error.status}`;
  const words = error.bitbucketMessage;
  return publicText(
    words === undefined ? `${answer}.` : `${answer}: ${words.slice(0, 200)}`,
  );
}

/** The same for the log of the backend. */
export function failureInLog(error: unknown): string {
  return inOneLine(error instanceof Error ? error.message : `${error}`);
}

/**
 * What came of a run, for the log.
 *
 * @param why - the message of the error, where one is the reason
 */
export function outcomeInWords(
  { outcome, result, message, retryAt }: RunRecord,
  why: string | undefined = message,
): string {
  const hasVerdict = outcome === 'passed' || outcome === 'failed';
  if (why !== undefined && !hasVerdict) {
    const when =
      retryAt === undefined ? '' : ` until ${new Date(retryAt).toISOString()}`;
    return `${outcome}${when}: ${why}`;
  }
  if (!result) {
    return outcome === 'irrelevant' ? 'touches no catalog file' : outcome;
  }
  const count = (severity: string) =>
    result.findings.filter(finding => finding.severity === severity).length;
  const problems = countProblems({
    errors: count('error'),
    warnings: count('warning'),
  });
  const [first] = branchChangesIn(result);
  const also = first === undefined ? '' : `; ${first.replace(/\.$/, '')}`;
  return `${outcome}, ${problems || 'no problem'} in ${result.files.length} catalog ${result.files.length === 1 ? 'file' : 'files'}${also}`;
}

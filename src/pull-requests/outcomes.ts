import { inOneLine } from '../lib/text';
import {
  isBitbucketError,
  isForbiddenError,
  isNotFoundError,
  isRateLimitedError,
  isTooMuchError,
  isUnauthorizedError,
} from '../scm/errors';
import { RunRecord } from './records';
import { branchChangesIn, countProblems, publicText } from './resultText';

const MINUTE_MS = 60_000;

/** How long after each attempt a run that could not be finished is tried again. */
const RETRY_AFTER_MS = [1, 5, 30].map(minutes => minutes * MINUTE_MS);

/** A person grants the scope that is missing, or a credential gets another one. */
const REFUSED_RETRY_MS = 30 * MINUTE_MS;

/** A day of asking for what nobody has granted is enough. */
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
  if (isNotFoundError(error) && error.missing === 'ref') {
    // After a forced push, whose own event is on its way.
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
    return 'The response takes Bitbucket too long.';
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

import { inOneLine } from '../lib/text';
import {
  isForbiddenError,
  isNotFoundError,
  isRateLimitedError,
  isUnauthorizedError,
} from '../scm/errors';
import { RunRecord } from './records';

const MINUTE_MS = 60_000;

/** How long after each attempt a run that could not be finished is tried again. */
const RETRY_AFTER_MS = [1, 5, 30].map(minutes => minutes * MINUTE_MS);

/** A person grants the scope that is missing, or a credential gets another one. */
const REFUSED_RETRY_MS = 30 * MINUTE_MS;

/** A day of asking for what nobody has granted is enough. */
const MAX_REFUSALS = 48;

/** What becomes of a run that has no verdict, or whose verdict was not posted. */
export type NextStep = Pick<RunRecord, 'outcome' | 'retryAt' | 'message'>;

/**
 * What becomes of a run after an error.
 *
 * @param attempts - including the one that failed
 */
export function afterFailure(
  error: unknown,
  attempts: number,
  now: number,
): NextStep {
  const message = inOneLine(
    error instanceof Error ? error.message : `${error}`,
  );
  if (isNotFoundError(error) && error.missing === 'ref') {
    // After a forced push, whose own event is on its way.
    return { outcome: 'superseded', message };
  }
  if (isForbiddenError(error) || isUnauthorizedError(error)) {
    return afterRefusal(message, attempts, now);
  }
  const wait = RETRY_AFTER_MS[attempts - 1];
  if (wait === undefined) {
    return { outcome: 'abandoned', message };
  }
  const earliest = isRateLimitedError(error) ? error.retryAt.getTime() : now;
  return {
    outcome: 'waiting',
    retryAt: Math.max(now + wait, earliest),
    message,
  };
}

/** What becomes of a run whose result the credential may not post, or that it may not read. */
export function afterRefusal(
  message: string,
  attempts: number,
  now: number,
): NextStep {
  return attempts >= MAX_REFUSALS
    ? { outcome: 'abandoned', message }
    : { outcome: 'waiting', retryAt: now + REFUSED_RETRY_MS, message };
}

/** What came of a run, for the log. */
export function inWords({
  outcome,
  result,
  message,
  retryAt,
}: RunRecord): string {
  if (message !== undefined) {
    const when = retryAt && ` until ${new Date(retryAt).toISOString()}`;
    return `${outcome}${when ?? ''}: ${message}`;
  }
  if (!result) {
    return outcome === 'irrelevant' ? 'touches no catalog file' : outcome;
  }
  const count = (severity: string) =>
    result.findings.filter(finding => finding.severity === severity).length;
  return `${outcome}, ${count('error')} errors and ${count('warning')} warnings in ${result.files.length} catalog files`;
}

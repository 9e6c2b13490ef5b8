import { Knex } from 'knex';
import { batches } from '../lib/batching';
import { hashOf } from '../lib/text';
import {
  isBitbucketError,
  isBlockedError,
  isForbiddenError,
  isNotFoundError,
  isRateLimitedError,
  isTooMuchError,
  isUnauthorizedError,
  isUnavailableError,
} from '../scm/errors';
import { REPOSITORIES } from './RepositoryStore';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * What a failed request to a repository concerns: that repository alone, every
 * request alike, or either of the two.
 */
export type Concern = 'repository' | 'everything' | 'either';

/**
 * - A refused credential, a missing scope, a used-up quota, and whatever Bitbucket
 *   did not answer (an abort, a fault of the database) concern every request.
 * - A 5xx or a failed connection is an outage, or the trouble of one repository; so
 *   is a missing workspace. A `TooMuchError` is about one listing.
 * - Every other answer is about the repository that was asked for.
 */
export function concernOf(error: unknown): Concern {
  if (!isBitbucketError(error)) {
    // The name of a repository or branch that cannot be part of a URL.
    return Object(error).name === 'InputError' ? 'repository' : 'everything';
  }
  if (
    refusesEveryRequest(error) ||
    (isForbiddenError(error) && error.required.length > 0)
  ) {
    return 'everything';
  }
  const isUnreachable = isUnavailableError(error) && !isTooMuchError(error);
  const isWorkspace = isNotFoundError(error) && error.missing === 'workspace';
  return isUnreachable || isWorkspace ? 'either' : 'repository';
}

/** Whether the credential is refused or the quota used up, whatever is requested. */
export function refusesEveryRequest(error: unknown): boolean {
  return isRateLimitedError(error) || isUnauthorizedError(error);
}

/**
 * Whether an error refuses all requests of a kind, such as all reads of files of
 * a repository, whichever file was asked for.
 */
export function isRefusal(error: unknown): boolean {
  return (
    isForbiddenError(error) ||
    (isNotFoundError(error) && error.missing === 'repository') ||
    isBlockedError(error)
  );
}

/**
 * How long a request is not repeated after so many failures in a row. The first
 * failure may have been a passing one, so that the next walk and the next read
 * repeat it: 0, 2 and 12 minutes, 1.2 and 7.2 hours, then a day.
 */
export function waitAfter(attempts: number): number {
  return attempts <= 1
    ? 0
    : Math.min(DAY_MS, 2 * MINUTE_MS * 6 ** (attempts - 2));
}

/** Failures within so long of each other are one: a walk and a read at once. */
const SAME_ATTEMPT_MS = 30_000;

/** Failures of a request in a row. Times are milliseconds since the epoch. */
export type Attempts = { since: number; failedAt: number; attempts: number };

/** The failures in a row with one more, and when the request may be repeated. */
export function afterFailure(
  before: Attempts | undefined,
  now: number,
): Attempts & { retryAt: number } {
  const isSame =
    before !== undefined && Math.abs(now - before.failedAt) < SAME_ATTEMPT_MS;
  const attempts = (before?.attempts ?? 0) + (isSame ? 0 : 1);
  return {
    since: Math.min(before?.since ?? now, now),
    failedAt: now,
    attempts,
    retryAt: now + waitAfter(attempts),
  };
}

/**
 * Whether a request that failed is not to be repeated yet. It is repeated early
 * where the repository has changed since.
 *
 * @param stamp - what the repository is known to be now
 */
export function isHeldBack(
  failure: { stamp: string; retryAt: number },
  stamp: string,
  now: number,
): boolean {
  const wait = failure.retryAt - now;
  // It is longer only where the clock was set back.
  return failure.stamp === stamp && wait > 0 && wait <= DAY_MS;
}

export const FAILURES = 'bitbucket__failures';

/** Failures that were not requested for this long are forgotten. */
const KEPT_MS = 30 * 24 * 3_600_000;

/** A request to a repository that keeps failing. */
export type Failure = Attempts & {
  /** Of the repository. */
  uuid: string;
  /** What was asked of it. */
  call: string;
  /** What the repository was known to be then. */
  stamp: string;
  /** Not before then it is asked again. Milliseconds since the epoch. */
  retryAt: number;
  /** Of the last failure. */
  message: string;
  /** Whether the log has a warning of it. */
  isAnnounced: boolean;
};

type FailureRow = {
  uuid: string;
  call_id: string;
  call: string;
  stamp: string;
  since: number;
  failed_at: number;
  attempts: number;
  retry_at: number;
  message: string;
  is_announced: boolean | number;
};

/** Keeps which requests to repositories fail. */
export class FailureStore {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  async all(): Promise<Failure[]> {
    const rows = await this.#knex<FailureRow>(FAILURES);
    return rows.map(fromRow);
  }

  async save(failures: Failure[]): Promise<void> {
    for (const batch of batches(failures)) {
      await this.#knex<FailureRow>(FAILURES)
        .insert(batch.map(toRow))
        .onConflict(['uuid', 'call_id'])
        .merge();
    }
  }

  async delete({ uuid, call }: Failure): Promise<void> {
    await this.#knex<FailureRow>(FAILURES)
      .where({ uuid, call_id: hashOf(call) })
      .delete();
  }

  /** Forgets what is long ago, and all of repositories that are gone. */
  async prune(now: number): Promise<void> {
    await this.#knex<FailureRow>(FAILURES)
      .where('failed_at', '<', now - KEPT_MS)
      .delete();
    await this.#knex(FAILURES)
      .whereNotExists(
        this.#knex(REPOSITORIES)
          .select('uuid')
          .whereRaw('?? = ??', [`${REPOSITORIES}.uuid`, `${FAILURES}.uuid`]),
      )
      .delete();
  }
}

function fromRow(row: FailureRow): Failure {
  return {
    uuid: row.uuid,
    call: row.call,
    stamp: row.stamp,
    since: row.since,
    failedAt: row.failed_at,
    attempts: row.attempts,
    retryAt: row.retry_at,
    message: row.message,
    isAnnounced: Boolean(row.is_announced),
  };
}

function toRow(failure: Failure): FailureRow {
  return {
    uuid: failure.uuid,
    call_id: hashOf(failure.call),
    call: failure.call,
    stamp: failure.stamp,
    since: failure.since,
    failed_at: failure.failedAt,
    attempts: failure.attempts,
    retry_at: failure.retryAt,
    message: failure.message,
    is_announced: failure.isAnnounced,
  };
}

import { Knex } from 'knex';
import { batches } from '../lib/batching';
import { hashOf } from '../lib/text';
import { REPOSITORIES } from './RepositoryStore';
import { Attempts } from './failurePolicy';

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

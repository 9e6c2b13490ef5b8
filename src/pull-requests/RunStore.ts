import { Knex } from 'knex';
import { RunRecord } from './records';
import { isSameCommit } from '../scm/pullRequests';
import {
  newRun,
  Published,
  RunEvent,
  runId,
  RunRow,
  StoredRun,
  toRow,
  toRun,
} from './StoredRun';

const RUNS = 'bitbucket__runs';

/** A replica that has not said for so long that it is at work on a run has died. */
const DEAD_MS = 2 * 60_000;

/** Runs that are resumed at once. */
const MAX_RUNS = 50;

/** Outcomes after which the same event begins the run again. */
const MAY_BEGIN_AGAIN = ['waiting', 'abandoned', 'superseded', 'closed'];

/** A run that no attempt has brought to an end may be what ends the process. */
const MAX_ATTEMPTS = 5;

/** The page of a pull request shows no more runs. */
const MAX_RUNS_OF_PAGE = 20;

/** Outcomes of runs that have come to an end. */
const ENDED: RunRecord['outcome'][] = ['passed', 'failed', 'irrelevant'];

/** The runs of pull requests, in the catalog's database, so that replicas share them. */
export class RunStore {
  readonly #open: () => Promise<Knex>;
  readonly #host: string;
  readonly #now: () => number;

  /**
   * @param host - the id of the host whose runs these are
   * @param now - milliseconds since the epoch. Default: now
   */
  constructor(
    open: () => Promise<Knex>,
    host: string,
    now: () => number = Date.now,
  ) {
    this.#open = open;
    this.#host = host;
    this.#now = now;
  }

  /** What became of the run of an event; undefined where there is none. */
  async outcome(event: RunEvent): Promise<RunRecord['outcome'] | undefined> {
    const knex = await this.#open();
    const row = await knex<RunRow>(RUNS)
      .where({ id: runId(event) })
      .first();
    return row?.outcome;
  }

  /**
   * Begins a run, unless it is under way or has ended for good.
   *
   * @param pageId - of the pull request
   * @param options.again - begins it also where it has ended for good
   * @returns undefined where this replica does not run it
   */
  async begin(
    pageId: string,
    event: RunEvent,
    options: { trigger: RunRecord['trigger']; again?: boolean },
  ): Promise<StoredRun | undefined> {
    const knex = await this.#open();
    const now = this.#now();
    const run = newRun(pageId, event, options.trigger, now);
    const { id } = run;
    const inserted = await knex<RunRow>(RUNS)
      .insert({
        ...toRow(run),
        host: this.#host,
        started_at: now,
        alive_at: now,
      })
      .onConflict('id')
      .ignore()
      .returning('id');
    if (inserted.length > 0) {
      return run;
    }
    const taken = await this.#take(
      id,
      query =>
        options.again
          ? query.whereNot({ outcome: 'running' })
          : query.whereIn('outcome', MAY_BEGIN_AGAIN),
      { started_at: now },
    );
    if (!taken) {
      return undefined;
    }
    const { published } = taken;
    const begun = { ...run, published };
    await this.save(begun);
    return begun;
  }

  /** Goes on with a run that waits for its time, or whose replica has died. */
  async resume(id: string): Promise<StoredRun | undefined> {
    const knex = await this.#open();
    const now = this.#now();
    const run = await this.#take(id, query => isDue(query, now), {
      // Saved at once: the next thing may be that this process dies, too.
      attempts: knex.raw('attempts + 1'),
    });
    if (!run) {
      return undefined;
    }
    const record: RunRecord = {
      ...run.record,
      outcome: 'running',
      retryAt: undefined,
    };
    if (run.attempts > MAX_ATTEMPTS) {
      const message = 'The check did not come to an end several times.';
      const ended: RunRecord = { ...record, outcome: 'abandoned', message };
      await this.save({ ...run, record: ended });
      return undefined;
    }
    return { ...run, record };
  }

  /**
   * Goes on with a run that has ended, since its head or its destination is the pull
   * request's again after another one.
   */
  async reopen(event: RunEvent): Promise<StoredRun | undefined> {
    const run = await this.#take(runId(event), query =>
      query.whereIn('outcome', ENDED),
    );
    return (
      run && {
        ...run,
        record: { ...run.record, outcome: 'running' },
        earlierOutcome: run.record.outcome,
      }
    );
  }

  /** Notes that a run is of what the pull request is now. */
  async markNewest(id: string): Promise<void> {
    const knex = await this.#open();
    await knex<RunRow>(RUNS).where({ id }).update({ started_at: this.#now() });
  }

  /** Whether a run of another head or destination of the pull request came later. */
  async isOutdated(event: RunEvent): Promise<boolean> {
    const knex = await this.#open();
    const id = runId(event);
    const own = await knex<RunRow>(RUNS)
      .where({ id })
      .first('page_id', 'started_at', 'outcome');
    if (!own || !ENDED.includes(own.outcome)) {
      return false;
    }
    const later = await knex<RunRow>(RUNS)
      .where({ page_id: own.page_id })
      .where('started_at', '>', own.started_at)
      .whereIn('outcome', ENDED)
      .whereNot({ id })
      .first('id');
    return later !== undefined;
  }

  /** The runs that {@link RunStore.resume} goes on with. */
  async due(): Promise<string[]> {
    const knex = await this.#open();
    const now = this.#now();
    const rows = await knex<RunRow>(RUNS)
      .where({ host: this.#host })
      .where(query => isDue(query, now))
      .orderBy('started_at')
      .limit(MAX_RUNS)
      .select('id');
    return rows.map(({ id }) => id);
  }

  /**
   * Saves how far a run has come, while it is under way in this replica.
   *
   * @returns false where another run has superseded it meanwhile
   */
  async save(run: StoredRun): Promise<boolean> {
    const knex = await this.#open();
    const { id, ...row } = toRow(run);
    const isOver = run.record.outcome !== 'running';
    const saved = await knex<RunRow>(RUNS)
      .where({ id, outcome: 'running' })
      .update({ ...row, alive_at: isOver ? null : this.#now() });
    return saved > 0;
  }

  /** Notes that a run is under way, or else another replica takes it over. */
  async keepAlive(id: string): Promise<void> {
    const knex = await this.#open();
    await knex<RunRow>(RUNS)
      .where({ id, outcome: 'running' })
      .update({ alive_at: this.#now() });
  }

  /** Ends the other runs of a pull request that are under way, or wait. */
  async endOthers(
    pageId: string,
    exceptId: string | undefined,
    outcome: 'superseded' | 'closed',
  ): Promise<string[]> {
    const knex = await this.#open();
    const rows = await knex<RunRow>(RUNS)
      .where({ page_id: pageId })
      .whereIn('outcome', ['running', 'waiting'])
      .select('id');
    const ids = rows.map(({ id }) => id).filter(id => id !== exceptId);
    await knex<RunRow>(RUNS)
      .whereIn('id', ids)
      .update({ outcome, retry_at: null, alive_at: null });
    return ids;
  }

  /** The runs of a pull request, the newest first. */
  async ofPage(pageId: string): Promise<RunRecord[]> {
    const knex = await this.#open();
    const rows = await knex<RunRow>(RUNS)
      .where({ page_id: pageId })
      .orderBy('started_at', 'desc')
      .limit(MAX_RUNS_OF_PAGE)
      .select('record', 'outcome');
    return rows.map(({ record, outcome }) => ({
      ...JSON.parse(record),
      outcome,
    }));
  }

  /** The last run of a pull request that has a result. */
  async lastWithResult(pageId: string): Promise<StoredRun | undefined> {
    const knex = await this.#open();
    const rows = await knex<RunRow>(RUNS)
      .where({ page_id: pageId })
      .orderBy('started_at', 'desc')
      .limit(MAX_RUNS_OF_PAGE);
    return rows.map(toRun).find(({ record }) => record.result);
  }

  /** The runs of one head of a pull request that have posted a failed build status. */
  async failedOn(pageId: string, head: string): Promise<StoredRun[]> {
    const knex = await this.#open();
    const rows = await knex<RunRow>(RUNS)
      .where({ page_id: pageId, has_failed: true })
      .limit(MAX_RUNS_OF_PAGE);
    return rows
      .map(toRun)
      .filter(({ record }) => isSameCommit(record.head, head));
  }

  /** Saves what the host has of a run that has ended. */
  async savePublished(id: string, published: Published): Promise<void> {
    const knex = await this.#open();
    await knex<RunRow>(RUNS)
      .where({ id })
      .update({
        published: JSON.stringify(published),
        has_failed: published.hasFailed,
      });
  }

  /** How many runs there are of each outcome. */
  async counts(): Promise<Partial<Record<RunRecord['outcome'], number>>> {
    const knex = await this.#open();
    const rows: { outcome: string; count: number | string }[] = await knex(RUNS)
      .where({ host: this.#host })
      .groupBy('outcome')
      .select('outcome')
      .count({ count: '*' });
    return Object.fromEntries(
      rows.map(({ outcome, count }) => [outcome, Number(count)]),
    );
  }

  /** The last run that waits, or was given up, and why. */
  async lastFailure(): Promise<
    { pullRequest: string; message: string } | undefined
  > {
    const knex = await this.#open();
    const row = await knex<RunRow>(RUNS)
      .where({ host: this.#host })
      .whereIn('outcome', ['waiting', 'abandoned'])
      .orderBy('started_at', 'desc')
      .first();
    if (!row) {
      return undefined;
    }
    const { event, record } = toRun(row);
    return {
      pullRequest: `${event.fullName}#${event.pullRequest.number}`,
      message: record.message ?? '',
    };
  }

  /** Deletes the runs of pull requests that are no longer there. */
  async prune(): Promise<void> {
    const knex = await this.#open();
    await knex<RunRow>(RUNS)
      .whereNotIn('page_id', knex('bitbucket__pull_requests').select('page_id'))
      .delete();
  }

  /** Has one replica go on with a run; the others get undefined. */
  async #take(
    id: string,
    which: (query: Knex.QueryBuilder) => void,
    also: { attempts?: Knex.Raw; started_at?: number } = {},
  ): Promise<StoredRun | undefined> {
    const knex = await this.#open();
    const taken = await knex<RunRow>(RUNS)
      .where({ id })
      .where(query => which(query))
      .update({
        outcome: 'running',
        alive_at: this.#now(),
        retry_at: null,
        ...also,
      });
    const row = await knex<RunRow>(RUNS).where({ id }).first();
    return taken > 0 && row ? toRun(row) : undefined;
  }
}

function isDue(query: Knex.QueryBuilder, now: number): void {
  query
    .where(waiting =>
      waiting.where({ outcome: 'waiting' }).where('retry_at', '<=', now),
    )
    .orWhere(dead =>
      dead.where({ outcome: 'running' }).where('alive_at', '<', now - DEAD_MS),
    );
}

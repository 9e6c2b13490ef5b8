import { Knex } from 'knex';
import { RunRecord } from './records';
import {
  KnownRun,
  newRun,
  Published,
  RunEvent,
  runId,
  RunRow,
  RUNS,
  StoredRun,
  toRow,
  toRun,
} from './StoredRun';

/** A replica that has not said for so long that it is at work on a run has died. */
const DEAD_MS = 2 * 60_000;

/** Runs that are resumed at once. */
const MAX_RUNS = 50;

/** Outcomes after which the same event begins the run again. */
const MAY_BEGIN_AGAIN = ['waiting', 'abandoned', 'superseded', 'closed'];

/** A run that no attempt has brought to an end may be what ends the process. */
const MAX_ATTEMPTS = 5;

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

  /** What is known of the run of an event; undefined where there is none. */
  async find(event: RunEvent): Promise<KnownRun | undefined> {
    const knex = await this.#open();
    const row = await knex<RunRow>(RUNS)
      .where({ id: runId(event) })
      .first('outcome', 'event');
    if (!row) {
      return undefined;
    }
    const { pullRequest }: RunEvent = JSON.parse(row.event);
    return { outcome: row.outcome, isDraft: pullRequest.isDraft };
  }

  /** Notes that a pull request is or was a draft, also while its run is under way. */
  async noteEvent(event: RunEvent): Promise<void> {
    const knex = await this.#open();
    await knex<RunRow>(RUNS)
      .where({ id: runId(event) })
      .update({ event: JSON.stringify(event) });
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
      { started_at: now, event: JSON.stringify(event) },
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
      const message = 'The check was interrupted several times.';
      const ended: RunRecord = { ...record, outcome: 'abandoned', message };
      await this.save({ ...run, record: ended });
      return undefined;
    }
    return { ...run, record };
  }

  /**
   * Goes on with a run that has ended, since there is more to post: its head or its
   * destination is the pull request's again, or the pull request is no longer a draft.
   */
  async reopen(event: RunEvent): Promise<StoredRun | undefined> {
    const run = await this.#take(
      runId(event),
      query => query.whereIn('outcome', ENDED),
      { event: JSON.stringify(event) },
    );
    if (!run) {
      return undefined;
    }
    const { updatedAt } = event.pullRequest;
    return {
      ...run,
      record: { ...run.record, outcome: 'running', pullRequestAt: updatedAt },
      earlierOutcome: run.record.outcome,
    };
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
    // What it began with may have been changed in the database meanwhile.
    const { id, event, ...row } = toRow(run);
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
    except: readonly string[],
    outcome: 'superseded' | 'closed',
  ): Promise<string[]> {
    const knex = await this.#open();
    const rows = await knex<RunRow>(RUNS)
      .where({ page_id: pageId })
      .whereIn('outcome', ['running', 'waiting'])
      .select('id');
    const ids = rows.map(({ id }) => id).filter(id => !except.includes(id));
    await knex<RunRow>(RUNS)
      .whereIn('id', ids)
      .update({ outcome, retry_at: null, alive_at: null });
    return ids;
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

  /** Has one replica go on with a run; the others get undefined. */
  async #take(
    id: string,
    which: (query: Knex.QueryBuilder) => void,
    also: { attempts?: Knex.Raw; started_at?: number; event?: string } = {},
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

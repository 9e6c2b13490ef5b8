import { Knex } from 'knex';
import { isSameCommit } from '../scm/pullRequests';
import { RunRecord } from './records';
import { RunRow, RUNS, StoredRun, toRun } from './StoredRun';

/** The page of a pull request shows no more runs. */
const MAX_RUNS_OF_PAGE = 20;

/** What the status endpoint says of runs. */
export type RunsStatus = {
  runs: Partial<Record<RunRecord['outcome'], number>>;
  /** The last run that waits, or was given up, and why; absent where there is none. */
  lastFailure?: { pullRequest: string; message: string };
};

/** What has become of runs, for people and for the runs that follow. */
export class RunHistory {
  readonly #open: () => Promise<Knex>;
  readonly #host: string;

  /** @param host - the id of the host whose runs these are */
  constructor(open: () => Promise<Knex>, host: string) {
    this.#open = open;
    this.#host = host;
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

  async status(): Promise<RunsStatus> {
    return {
      runs: await this.#counts(),
      lastFailure: await this.#lastFailure(),
    };
  }

  /** How many runs there are of each outcome. */
  async #counts(): Promise<Partial<Record<RunRecord['outcome'], number>>> {
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
  async #lastFailure(): Promise<
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
}

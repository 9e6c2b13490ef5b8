import { Knex } from 'knex';
import { randomUUID } from 'node:crypto';
import { PURPOSES } from '../http/allowance';
import { MinuteCount } from '../http/ledger';
import { BudgetStore } from '../http/sharedBudget';

type Row = {
  credential: string;
  instance: string;
  cost_class: string;
  minute: number;
  requests: number;
  requests_per_hour: number | null;
  /** JSON. None in the rows of an earlier version. */
  by_purpose: string | null;
};

const TABLE = 'bitbucket__budget';

/**
 * Keeps counts of requests in the catalog's database. Each process has rows of
 * its own, so that none overwrites what another has counted.
 */
export class KnexBudgetStore implements BudgetStore {
  readonly #open: () => Promise<Knex>;
  readonly #instance = randomUUID();

  /** @param open - gives the database, with the tables of this module in it */
  constructor(open: () => Promise<Knex>) {
    this.#open = open;
  }

  async exchange(
    credential: string,
    own: MinuteCount[],
    since: number,
  ): Promise<MinuteCount[]> {
    const knex = await this.#open();
    const instance = this.#instance;
    if (own.length > 0) {
      const rows = own.map(count => ({
        credential,
        instance,
        cost_class: count.costClass,
        minute: count.minute,
        requests: count.requests,
        requests_per_hour: count.limit ?? null,
        by_purpose: JSON.stringify(count.byPurpose ?? {}),
      }));
      await knex<Row>(TABLE)
        .insert(rows)
        .onConflict(['credential', 'instance', 'cost_class', 'minute'])
        .merge();
      await knex<Row>(TABLE).where('minute', '<', since).delete();
    }
    const others = await knex<Row>(TABLE)
      .where({ credential })
      .whereNot({ instance })
      .where('minute', '>=', since);
    return others.map(row => ({
      costClass: row.cost_class,
      minute: row.minute,
      requests: row.requests,
      limit: row.requests_per_hour ?? undefined,
      byPurpose: parseSpent(row.by_purpose),
    }));
  }
}

/** Purposes that another version knows are left out: their requests count as foreign. */
function parseSpent(text: string | null): MinuteCount['byPurpose'] {
  const spent: Record<string, unknown> = JSON.parse(text ?? '{}');
  return Object.fromEntries(
    PURPOSES.flatMap(purpose => {
      const requests = spent[purpose];
      return typeof requests === 'number' ? [[purpose, requests]] : [];
    }),
  );
}

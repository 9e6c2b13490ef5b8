import { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { Knex } from 'knex';
import { randomUUID } from 'node:crypto';
import { abortable } from '../lib/sharing';
import { PURPOSES } from './allowance';
import { Budget } from './budget';
import { MinuteCount, minuteOf, oldestMinute } from './ledger';

/**
 * Keeps what processes count, so that those which share a credential, whether it is one
 * after the other, share its budget too.
 */
export interface BudgetStore {
  /**
   * Takes over what this process has counted, and tells what the others have.
   *
   * @param credential - the name of the credential, which is not a secret
   * @param own - the minutes in which this process counted since it was last
   * asked; each replaces what was known of that minute
   * @param since - the oldest minute that matters; older ones may be forgotten
   */
  exchange(
    credential: string,
    own: MinuteCount[],
    since: number,
  ): Promise<MinuteCount[]>;
}

/** How often counts are saved, at most. As much is lost in a crash. */
const SAVE_MS = 5_000;

/** How old the knowledge of the other processes may be when a request is sent. */
const FRESH_MS = 60_000;

/** How long a request waits for the store. */
const PATIENCE_MS = 5_000;

/**
 * Keeps the counts of a budget in a store, where the process that comes after
 * this one finds them, as do the others that share the credential meanwhile.
 *
 * It happens along with requests, so nothing runs while there are none. A store
 * that fails stops no request: then each process relies on its own counts.
 */
export class SharedBudget {
  readonly #budget: Budget;
  readonly #store: BudgetStore;
  readonly #credential: string;
  readonly #product: string;
  readonly #now: () => number;
  readonly #logger: LoggerService;
  #exchangedAt = -Infinity;
  #savedMinute = -Infinity;
  #exchange?: Promise<void>;
  #loading?: Promise<void>;
  #failures = 0;

  constructor(options: {
    budget: Budget;
    store: BudgetStore;
    /** A name of the credential, which is not a secret. */
    credential: string;
    /** What the requests are sent to, for people. */
    product: string;
    now: () => number;
    logger: LoggerService;
  }) {
    this.#budget = options.budget;
    this.#store = options.store;
    this.#credential = options.credential;
    this.#product = options.product;
    this.#now = options.now;
    this.#logger = options.logger;
  }

  /** Before a request: learns what the other processes sent, if that is not known. */
  async load(): Promise<void> {
    if (this.#now() - this.#exchangedAt >= FRESH_MS) {
      this.#loading = this.#patiently(this.#begin()).finally(() => {
        this.#loading = undefined;
      });
    }
    await this.#loading;
  }

  /** After a request: saves the counts, unless that was done just now. */
  saveNowAndThen(): void {
    if (this.#now() - this.#exchangedAt >= SAVE_MS) {
      this.#begin();
    }
  }

  /** Saves all that was counted so far. Never rejects, and gives up on a slow store. */
  async save(): Promise<void> {
    // Where nothing was sent, there may be no database to open.
    if (this.#exchangedAt === -Infinity) {
      return;
    }
    const underWay = this.#exchange ?? Promise.resolve();
    await this.#patiently(underWay.then(() => this.#begin()));
  }

  async #patiently(exchange: Promise<void>): Promise<void> {
    try {
      await abortable(exchange, AbortSignal.timeout(PATIENCE_MS));
    } catch {
      this.#logger.debug('The database is slow to save the request budget');
    }
  }

  #begin(): Promise<void> {
    this.#exchangedAt = this.#now();
    this.#exchange ??= this.#run().finally(() => {
      this.#exchange = undefined;
    });
    return this.#exchange;
  }

  async #run(): Promise<void> {
    const now = this.#now();
    const oldest = oldestMinute(now);
    const unsaved = Math.max(oldest, this.#savedMinute);
    const { ledgers } = this.#budget;
    try {
      const counts = await this.#store.exchange(
        this.#credential,
        ledgers.flatMap(ledger => ledger.countsSince(unsaved)),
        oldest,
      );
      ledgers.forEach(ledger => ledger.share(counts));
      this.#savedMinute = minuteOf(now);
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      this.#report(toError(error));
    }
  }

  // A single failure may be that of a backend which is stopping, whose database
  // is closed; the second one in a row is worth a warning, one for all of them.
  #report({ message }: Error): void {
    this.#logger[this.#failures === 2 ? 'warn' : 'debug'](
      `Could not save the request budget of ${this.#product} in the database. Until that succeeds, it is not shared with other replicas and is lost at a restart: ${message}`,
    );
  }
}

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

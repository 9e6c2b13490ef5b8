import { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { abortable } from '../lib/batching';
import { Budget } from './budget';
import { MinuteCount, minuteOf, oldestMinute } from './ledger';

/**
 * Keeps what processes count, so that those which share a credential, be it one
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
 * that fails stops no request: then each process goes by its own counts.
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

import { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { Knex } from 'knex';
import { randomUUID } from 'node:crypto';

/** Keeps which processes send requests, so that they share one rate. */
export interface PaceStore {
  /**
   * Notes that this process sends requests.
   *
   * @param credential - the name of the credential and its host, which is not a secret
   * @param now - milliseconds since the epoch
   * @param since - processes that were last seen before may be forgotten
   * @returns how many processes were seen since then, with this one
   */
  note(credential: string, now: number, since: number): Promise<number>;
}

/** How often a process is noted, at most. */
const NOTE_MS = 15_000;

/** How long a process counts that is not seen any more. */
const ALIVE_MS = 60_000;

/**
 * Counts the processes that send requests with a credential. It happens along with
 * requests, so nothing runs while there are none. A store that fails stops no request:
 * then the last count stays.
 */
export class SharedPace {
  readonly #store: PaceStore;
  readonly #credential: string;
  readonly #now: () => number;
  readonly #logger: LoggerService;
  #notedAt = -Infinity;
  #isUnderWay = false;
  #processes = 1;
  #failures = 0;

  constructor(options: {
    store: PaceStore;
    /** A name of the credential and its host, which is not a secret. */
    credential: string;
    now: () => number;
    logger: LoggerService;
  }) {
    this.#store = options.store;
    this.#credential = options.credential;
    this.#now = options.now;
    this.#logger = options.logger;
  }

  /** How many processes share the rate, as far as is known; never waits. */
  processes(): number {
    const now = this.#now();
    if (!this.#isUnderWay && Math.abs(now - this.#notedAt) >= NOTE_MS) {
      this.#notedAt = now;
      this.#note(now);
    }
    return this.#processes;
  }

  async #note(now: number): Promise<void> {
    this.#isUnderWay = true;
    try {
      const since = now - ALIVE_MS;
      this.#processes = await this.#store.note(this.#credential, now, since);
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      // A single failure may be that of a backend which is stopping.
      this.#logger[this.#failures === 2 ? 'warn' : 'debug'](
        `Could not record in the database that this replica sends requests; until that succeeds, the replicas together may send more requests a second than they should: ${toError(error).message}`,
      );
    } finally {
      this.#isUnderWay = false;
    }
  }
}

type Row = { credential: string; instance: string; seen_at: number };

const TABLE = 'bitbucket__paces';

/** Keeps a row for each process in the catalog's database. */
export class KnexPaceStore implements PaceStore {
  readonly #open: () => Promise<Knex>;
  readonly #instance = randomUUID();

  /** @param open - gives the database, with the tables of this module in it */
  constructor(open: () => Promise<Knex>) {
    this.#open = open;
  }

  async note(credential: string, now: number, since: number): Promise<number> {
    const knex = await this.#open();
    const instance = this.#instance;
    await knex<Row>(TABLE)
      .insert({ credential, instance, seen_at: now })
      .onConflict(['credential', 'instance'])
      .merge();
    await knex<Row>(TABLE).where('seen_at', '<', since).delete();
    const others = await knex<Row>(TABLE)
      .where({ credential })
      .whereNot({ instance })
      .count({ count: '*' })
      .first();
    return 1 + Number(others?.count ?? 0);
  }
}

import pLimit from 'p-limit';

/** The most keys that are remembered. A key that is forgotten has its whole allowance again. */
const MAX_KEYS = 10_000;

/** How much is allowed. */
type AllowanceOptions = {
  /** This many at once. */
  burst: number;
  /** Then once in this many milliseconds. */
  everyMs: number;
};

type Spent = { amount: number; at: number };

/** Bounds how often something is done for each key: a token bucket. */
export class Allowance {
  readonly #burst: number;
  readonly #everyMs: number;
  readonly #spent = new Map<string, Spent>();

  constructor({ burst, everyMs }: AllowanceOptions) {
    this.#burst = burst;
    this.#everyMs = everyMs;
  }

  /** Milliseconds until it may be done again; 0 where it may be now. */
  waitMs(key: string): number {
    const excess = this.#amount(key) + 1 - this.#burst;
    return Math.max(0, Math.ceil(excess * this.#everyMs));
  }

  /** Counts one use. */
  spend(key: string): void {
    const amount = this.#amount(key) + 1;
    this.#spent.delete(key);
    this.#spent.set(key, { amount, at: Date.now() });
    if (this.#spent.size > MAX_KEYS) {
      // The one that was used least recently.
      const [oldest] = this.#spent.keys();
      this.#spent.delete(oldest);
    }
  }

  /** How many uses still count. */
  #amount(key: string): number {
    const { amount, at } = this.#spent.get(key) ?? { amount: 0, at: 0 };
    // The clock may have been set back.
    const recovered = Math.max(0, Date.now() - at) / this.#everyMs;
    return Math.max(0, amount - recovered);
  }
}

/** How long to wait for more additions of the same key. */
type Waits = {
  /** After the last addition. */
  quietMs: number;
  /** After the first addition, at most. */
  patienceMs: number;
};

const DEFAULT_WAITS: Waits = { quietMs: 250, patienceMs: 1_000 };

/** At once. The rest waits in order of arrival. */
const CONCURRENCY = 4;

/** For each one: enough for anyone who pushes, and no more than 70 in an hour. */
const OF_EACH = { burst: 10, everyMs: 60_000 };

type Waiting = {
  since: number;
  timer?: NodeJS.Timeout;
  /** Whether it waits for its turn, so that adding it again changes nothing. */
  isQueued?: true;
};

/**
 * Does something for each key that is added, soon and once, however often the key is
 * added in the meantime: a hundred pushes to one repository are handled once. A key
 * that is added all the time has to wait longer, up to a minute.
 */
export class KeyedDebouncer {
  readonly #work: (key: string) => Promise<void>;
  readonly #waits: Waits;
  readonly #waiting = new Map<string, Waiting>();
  readonly #queue = pLimit(CONCURRENCY);
  readonly #allowance = new Allowance(OF_EACH);
  #isOver = false;

  /** @param work - never rejects */
  constructor(work: (key: string) => Promise<void>, waits = DEFAULT_WAITS) {
    this.#work = work;
    this.#waits = waits;
  }

  add(key: string): void {
    if (this.#isOver) {
      return;
    }
    const now = Date.now();
    const { since, timer, isQueued }: Waiting = this.#waiting.get(key) ?? {
      since: now,
    };
    if (isQueued) {
      return;
    }
    clearTimeout(timer);
    const { quietMs, patienceMs } = this.#waits;
    const wait = Math.max(
      Math.min(quietMs, since + patienceMs - now),
      this.#allowance.waitMs(key),
    );
    this.#waiting.set(key, {
      since,
      timer: setTimeout(() => this.#begin(key), wait),
    });
  }

  /** Forgets what waits, and takes no more. */
  stop(): void {
    this.#isOver = true;
    this.#waiting.forEach(({ timer }) => clearTimeout(timer));
    this.#waiting.clear();
    this.#queue.clearQueue();
  }

  #begin(key: string): void {
    this.#allowance.spend(key);
    this.#waiting.set(key, { since: 0, isQueued: true });
    this.#queue(async () => {
      // What is added from now on is handled another time.
      this.#waiting.delete(key);
      await this.#work(key);
    });
  }
}

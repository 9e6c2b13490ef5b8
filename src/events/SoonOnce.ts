import pLimit from 'p-limit';
import { Allowance } from './Allowance';

/** How long things that happen to the same one are waited for, and how long at most. */
const QUIET_MS = 250;
const PATIENCE_MS = 1_000;

/** At once. The rest waits in order of arrival. */
const CONCURRENCY = 4;

/** For each one: enough for anybody who pushes, and no more than 70 in an hour. */
const OF_EACH = { burst: 10, everyMs: 60_000 };

type Waiting = {
  since: number;
  timer?: NodeJS.Timeout;
  /** Whether it waits for its turn, and need not be told of again. */
  isQueued?: true;
};

/**
 * Does something with what it is told of, soon and once, however often it is told
 * in the meantime: a hundred pushes to one repository are one look at it. What is
 * told of all the time has to wait longer, up to a minute.
 */
export class SoonOnce {
  readonly #work: (key: string) => Promise<void>;
  readonly #waiting = new Map<string, Waiting>();
  readonly #queue = pLimit(CONCURRENCY);
  readonly #allowance = new Allowance(OF_EACH);
  #isOver = false;

  /** @param work - never rejects */
  constructor(work: (key: string) => Promise<void>) {
    this.#work = work;
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
    const wait = Math.max(
      Math.min(QUIET_MS, since + PATIENCE_MS - now),
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
      // What is told from now on is news again.
      this.#waiting.delete(key);
      await this.#work(key);
    });
  }
}

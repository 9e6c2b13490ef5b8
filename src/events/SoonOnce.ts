import pLimit from 'p-limit';

/** How long things that happen to the same one are waited for, and how long at most. */
const QUIET_MS = 250;
const PATIENCE_MS = 1_000;

/** At once. The rest waits in order of arrival. */
const CONCURRENCY = 4;

type Waiting = {
  since: number;
  timer?: NodeJS.Timeout;
  /** Whether it waits for its turn, and need not be told of again. */
  isQueued?: true;
};

/**
 * Does something with what it is told of, soon and once, however often it is told
 * in the meantime: a hundred pushes to one repository are one look at it.
 */
export class SoonOnce {
  readonly #work: (key: string) => Promise<void>;
  readonly #waiting = new Map<string, Waiting>();
  readonly #queue = pLimit(CONCURRENCY);
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
    const wait = Math.min(QUIET_MS, since + PATIENCE_MS - now);
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
    this.#waiting.set(key, { since: 0, isQueued: true });
    this.#queue(async () => {
      // What is told from now on is news again.
      this.#waiting.delete(key);
      await this.#work(key);
    });
  }
}

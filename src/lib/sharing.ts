/**
 * Waits for shared work no longer than the signal allows. The work itself goes
 * on, for others who wait for it.
 *
 * @throws the signal's reason, or what the work throws
 */
export async function abortable<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (!signal) {
    return work;
  }
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) {
      abort();
    }
    signal.addEventListener('abort', abort);
    work
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Lets all who want the same at the same time wait for one piece of work. */
export class SingleFlight<T> {
  readonly #work = new Map<string, Promise<T>>();

  /** Joins the work that is under way for a key, or begins it. */
  share(key: string, begin: () => Promise<T>): Promise<T> {
    const running = this.#work.get(key);
    if (running) {
      return running;
    }
    const work = begin().finally(() => this.#work.delete(key));
    this.#work.set(key, work);
    return work;
  }

  /** Starts the work again, after the one that is under way for a key, if any. */
  async rerun(key: string, begin: () => Promise<T>): Promise<T> {
    await this.#work.get(key)?.catch(() => {});
    return this.share(key, begin);
  }
}

/** A map that forgets what was set longest ago when it is full. */
export class RecentMap<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #maxSize: number;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#maxSize) {
      const [oldest] = this.#entries.keys();
      this.#entries.delete(oldest);
    }
  }

  delete(key: K): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}

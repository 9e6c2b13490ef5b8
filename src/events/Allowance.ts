/** More are not remembered; what is forgotten may do as much again. */
const MAX_KEYS = 10_000;

/** How much is allowed. */
export type AllowanceOptions = {
  /** So often at once. */
  burst: number;
  /** Then once in so many milliseconds. */
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

  /** Notes that it is done. */
  spend(key: string): void {
    const amount = this.#amount(key) + 1;
    this.#spent.delete(key);
    this.#spent.set(key, { amount, at: Date.now() });
    if (this.#spent.size > MAX_KEYS) {
      // The one that was spent first of all.
      const [oldest] = this.#spent.keys();
      this.#spent.delete(oldest);
    }
  }

  /** What counts by now of what was spent. */
  #amount(key: string): number {
    const { amount, at } = this.#spent.get(key) ?? { amount: 0, at: 0 };
    // The clock may have been set back.
    const recovered = Math.max(0, Date.now() - at) / this.#everyMs;
    return Math.max(0, amount - recovered);
  }
}

/**
 * An abort signal that fires when the caller gives up or a time limit passes,
 * and knows which of the two it was.
 */
export class TimeLimit {
  readonly #controller = new AbortController();
  readonly #ms: number;
  readonly #caller?: AbortSignal;
  readonly #onCallerAbort = () => this.#controller.abort();
  #timer?: NodeJS.Timeout;
  #expired = false;

  /** Starts the clock. */
  constructor(ms: number, caller?: AbortSignal) {
    this.#ms = ms;
    this.#caller = caller;
    caller?.addEventListener('abort', this.#onCallerAbort, { once: true });
    this.restart();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get expired(): boolean {
    return this.#expired;
  }

  /** Gives the full time once more. */
  restart(): void {
    this.pause();
    this.#timer = setTimeout(() => {
      this.#expired = true;
      this.#controller.abort();
    }, this.#ms);
  }

  /** Stops the clock. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  /** Stops the clock, lets go of the caller's signal and ends what still runs under this one. */
  end(): void {
    this.pause();
    this.#caller?.removeEventListener('abort', this.#onCallerAbort);
    this.#controller.abort();
  }
}

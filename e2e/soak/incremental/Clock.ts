/** A clock that can be put forward. */
export class Clock {
  private aheadMs = 0;

  readonly now = () => Date.now() + this.aheadMs;

  pass(ms: number): void {
    this.aheadMs += ms;
  }

  /** Waits are over at once. */
  readonly sleep = async (ms: number, signal?: AbortSignal) => {
    signal?.throwIfAborted();
    this.pass(ms);
  };
}

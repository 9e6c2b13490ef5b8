/** A clock that can be put forward. */
export class Clock {
  private aheadMs = 0;

  readonly now = () => Date.now() + this.aheadMs;

  pass(ms: number): void {
    this.aheadMs += ms;
  }
}

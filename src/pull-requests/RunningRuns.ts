/** The runs that are under way in this process. */
export class RunningRuns {
  readonly #running = new Map<string, AbortController>();

  /** @param work - given a signal that {@link RunningRuns.abort} aborts, too */
  async during<T>(
    id: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      return await work(AbortSignal.any([signal, controller.signal]));
    } finally {
      if (this.#running.get(id) === controller) {
        this.#running.delete(id);
      }
    }
  }

  abort(ids: readonly string[]): void {
    ids.forEach(id => this.#running.get(id)?.abort());
  }
}

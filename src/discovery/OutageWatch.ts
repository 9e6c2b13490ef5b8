/**
 * So many repositories in a row that cannot be reached are an outage. Fewer are
 * those repositories' own trouble.
 */
const REPOSITORIES_IN_A_ROW = 3;

/**
 * Tells an outage of Bitbucket from the trouble of single repositories, while
 * several are looked into at once.
 *
 * A failure counts unless something else could be read while it was waited for:
 * one that is tried again several times ends after the others around it. Nor does
 * it count for a repository that keeps failing, or those that always fail would end
 * every walk.
 */
export class OutageWatch {
  #successes = 0;
  #inARow = 0;

  /**
   * A look begins.
   *
   * @param keepsFailing - whether the repository could not be read the last times
   * @returns to be called when it fails in a way that an outage would make it fail;
   * gives whether that is one
   */
  begin(keepsFailing: boolean): () => boolean {
    const successesBefore = this.#successes;
    return () => {
      if (!keepsFailing && this.#successes === successesBefore) {
        this.#inARow += 1;
      }
      return this.#inARow >= REPOSITORIES_IN_A_ROW;
    };
  }

  /** A repository could be read. */
  succeed(): void {
    this.#successes += 1;
    this.#inARow = 0;
  }
}

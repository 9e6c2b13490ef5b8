import { UnavailableError } from './errors';
import { Timing } from './timing';
import { HttpRequest } from './transport';
import { displayUrl } from './urls';

/** So many repositories in a row that ask to be left alone are all of Bitbucket. */
const REPOSITORIES_IN_A_ROW = 3;

/** Repositories that are remembered, for as long as they ask for. */
const REMEMBERED = 10_000;

/** `/repositories/acme/shop` and all that is below it, and the archives of a repository. */
const REPOSITORY = /\/repositories\/([^/?]+\/[^/?]+)|\/([^/?]+\/[^/?]+)\/get\//;

/**
 * Keeps requests to single repositories back that answer 503 with `Retry-After`,
 * so that one of them cannot stop all others, time and again.
 *
 * Where several repositories ask for that in a row, and none has done so before, it
 * is Bitbucket that asks.
 */
export class RepositoryPauses {
  readonly #timing: Timing;
  /** Until when, by name. */
  readonly #pausedUntil = new Map<string, number>();
  /** Asked for a pause since the last good answer, and never before. */
  #inARow = 0;

  constructor(timing: Timing) {
    this.#timing = timing;
  }

  /**
   * Waits for the end of the pause of a request's repository.
   *
   * @throws UnavailableError when that is too far away to wait for
   */
  async waitForEnd({ method, url, signal }: HttpRequest): Promise<void> {
    const until = this.#pausedUntil.get(nameOf(url) ?? '') ?? 0;
    const wait = until - this.#timing.now();
    if (wait > this.#timing.maxRetryAfterMs) {
      throw new UnavailableError(
        `the repository takes no requests until ${new Date(until).toISOString()} (503)`,
        { method, url: displayUrl(url), status: 503 },
      );
    }
    if (wait > 0) {
      await this.#timing.sleep(wait, signal);
    }
  }

  /**
   * A request was answered with 503.
   *
   * @param asked - how long Bitbucket asks to be left alone, in milliseconds
   * @returns whether its repository alone is to be left alone
   */
  isAlone({ url }: HttpRequest, asked: number): boolean {
    const name = nameOf(url);
    if (name === undefined) {
      return false;
    }
    if (!this.#pausedUntil.has(name)) {
      this.#inARow += 1;
    }
    if (this.#inARow >= REPOSITORIES_IN_A_ROW) {
      this.#inARow = 0;
      this.#pausedUntil.clear();
      return false;
    }
    if (this.#pausedUntil.size >= REMEMBERED) {
      this.#pausedUntil.clear();
    }
    this.#pausedUntil.set(name, this.#timing.now() + asked);
    return true;
  }

  /** A request was answered well enough. */
  answered({ url }: HttpRequest): void {
    this.#inARow = 0;
    this.#pausedUntil.delete(nameOf(url) ?? '');
  }
}

function nameOf(url: string): string | undefined {
  const [, inApi, onWeb] = REPOSITORY.exec(url) ?? [];
  return inApi ?? onWeb;
}

import { UnavailableError } from '../scm/errors';
import { Timing } from './retry';
import { HttpRequest } from './transport';
import { displayUrl } from './urls';

/** Repositories that are remembered, for as long as they ask for. */
const REMEMBERED = 10_000;

/**
 * Keeps requests to single repositories back that answer 503 with `Retry-After`,
 * so that one of them cannot stop all others, time and again.
 */
export class RepositoryPauses {
  readonly #timing: Timing;
  readonly #repositoryOf: (url: string) => string | undefined;
  /** Until when, by name. */
  readonly #pausedUntil = new Map<string, number>();

  /** @param repositoryOf - the name of the repository that a URL is below */
  constructor(
    timing: Timing,
    repositoryOf: (url: string) => string | undefined,
  ) {
    this.#timing = timing;
    this.#repositoryOf = repositoryOf;
  }

  /**
   * Waits for the end of the pause of a request's repository.
   *
   * @throws UnavailableError when that is too far away to wait for
   */
  async waitForEnd({ method, url, signal }: HttpRequest): Promise<void> {
    const until = this.#pausedUntil.get(this.#repositoryOf(url) ?? '') ?? 0;
    const wait = until - this.#timing.now();
    if (wait > this.#timing.maxRetryAfterMs) {
      throw new UnavailableError(
        `answered 503, so no requests are sent to this repository until ${new Date(until).toISOString()}`,
        { method, url: displayUrl(url), status: 503 },
      );
    }
    if (wait > 0) {
      await this.#timing.sleep(wait, signal);
    }
  }

  /** Whether a repository has asked for a pause and not been answered well since. */
  has(repository: string): boolean {
    return this.#pausedUntil.has(repository);
  }

  /** @param asked - how long the host asks to be left alone, in milliseconds */
  pause(repository: string, asked: number): void {
    if (this.#pausedUntil.size >= REMEMBERED) {
      this.#pausedUntil.clear();
    }
    this.#pausedUntil.set(repository, this.#timing.now() + asked);
  }

  /** A request was answered well enough. */
  answered({ url }: HttpRequest): void {
    this.#pausedUntil.delete(this.#repositoryOf(url) ?? '');
  }

  clear(): void {
    this.#pausedUntil.clear();
  }
}

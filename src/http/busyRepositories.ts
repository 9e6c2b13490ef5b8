/**
 * Within so long, two repositories that answer 503 for the first time are taken for the
 * host. An overload answers so to most requests, and hits two of them in no time.
 */
const TOGETHER_MS = 10_000;

/** For this long, another 503 of the same repository does not count again. */
const KNOWN_MS = 24 * 3_600_000;

/** Repositories that are remembered. */
const REMEMBERED = 10_000;

/**
 * Distinguishes repositories that answer 503, for example because their storage is
 * damaged, from a host that does. Otherwise one of them would stop all others, time and
 * again.
 *
 * A 503 is the host's where
 *
 * - it does not answer a request to a repository,
 * - another repository answered its first one just before, or
 * - nothing was answered well since the host's last 503 or 429.
 */
export class BusyRepositories {
  /** By repository, when it last answered 503. */
  readonly #lastAt = new Map<string, number>();
  /** When a repository last answered 503 that had not done so before. */
  #newsAt = -Infinity;
  #isInDoubt = false;

  /**
   * A request was answered with 503.
   *
   * @param repository - that the request was about; undefined for any other
   * @param now - milliseconds since the epoch
   * @returns whether all requests have to pause
   */
  isOfHost(repository: string | undefined, now: number): boolean {
    if (repository === undefined || this.#isInDoubt) {
      this.#note(repository, now);
      return true;
    }
    const isNews = !isWithin(KNOWN_MS, this.#lastAt.get(repository), now);
    const isTogether = isNews && isWithin(TOGETHER_MS, this.#newsAt, now);
    this.#note(repository, now);
    if (isNews) {
      this.#newsAt = now;
    }
    return isTogether;
  }

  /** All requests pause. */
  hostRefused(): void {
    this.#isInDoubt = true;
  }

  /** A request was answered well enough. */
  answered(): void {
    this.#isInDoubt = false;
  }

  #note(repository: string | undefined, now: number): void {
    if (repository === undefined) {
      return;
    }
    if (this.#lastAt.size >= REMEMBERED) {
      this.#lastAt.clear();
    }
    this.#lastAt.set(repository, now);
  }
}

/** A time to come was noted before the clock was set back, so it may be long ago. */
function isWithin(ms: number, time: number | undefined, now: number): boolean {
  return time !== undefined && now >= time && now - time < ms;
}

import { isNotFoundError } from '../bitbucket';
import { RecentMap } from './RecentMap';

const MAX_WAIT_MS = 3_600_000;

/** How many repositories are remembered. */
const MOST_NAMES = 2_000;

type Missing = { since: number; askAt: number; error: Error };

/**
 * Remembers which repositories were not there, so that a location which leads
 * nowhere does not cost a request each time that it is read. The longer one has
 * been missing, the longer it is until someone asks again: an hour at most. A
 * person does not wait for that; see `Refetch`.
 */
export class MissingRepositories {
  readonly #byName = new RecentMap<string, Missing>(MOST_NAMES);
  readonly #freshnessMs: number;
  readonly #now: () => number;

  constructor(options: { freshnessMs: number; now: () => number }) {
    this.#freshnessMs = options.freshnessMs;
    this.#now = options.now;
  }

  /** @throws what Bitbucket answered, as long as that counts */
  throwIfMissing(fullName: string): void {
    const missing = this.#byName.get(fullName);
    const wait = missing ? missing.askAt - this.#now() : 0;
    // It is longer only where the clock was set back.
    if (missing && wait > 0 && wait <= MAX_WAIT_MS) {
      throw missing.error;
    }
  }

  /** Lets Bitbucket be asked for all of them again. */
  clear(): void {
    this.#byName.clear();
  }

  /** Remembers whether asking finds the repository. */
  async note<T>(fullName: string, ask: () => Promise<T>): Promise<T> {
    try {
      const found = await ask();
      this.#byName.delete(fullName);
      return found;
    } catch (error) {
      if (isNotFoundError(error) && error.missing !== 'unknown') {
        const now = this.#now();
        const since = this.#byName.get(fullName)?.since ?? now;
        const wait = Math.max(this.#freshnessMs, now - since);
        const askAt = now + Math.min(wait, MAX_WAIT_MS);
        this.#byName.set(fullName, { since, askAt, error });
      }
      throw error;
    }
  }
}

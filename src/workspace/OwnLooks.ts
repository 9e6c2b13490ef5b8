import { RequestContext, RequestMeter } from '../bitbucket';
import { Stale } from './Refetch';
import { FilesAtCommit, LookOptions } from './UncachedFiles';

/** What a look has come to, and whether the index said so. */
export type Looked<T> = { result: T; isCached: boolean };

/**
 * The looks of one reading, which tells apart what it has asked Bitbucket for and
 * what the index had. "Nothing" that the index had is asked for once.
 */
export class OwnLooks {
  readonly #meter: RequestMeter;
  readonly #askedAt = new Set<string>();

  constructor({ meter }: RequestContext & { meter: RequestMeter }) {
    this.#meter = meter;
  }

  /**
   * @param stale - what Bitbucket is asked for again; undefined in the first attempt
   */
  async look<T>(
    { commit }: FilesAtCommit,
    stale: Stale | undefined,
    look: (options: LookOptions) => Promise<T>,
    isFound: (result: T) => boolean,
  ): Promise<Looked<T>> {
    const before = this.#meter.requests;
    let result = await look({ refetch: false });
    const isOwn = this.#meter.requests > before || this.#askedAt.has(commit);
    const isAgain = stale !== undefined && !isOwn && !isFound(result);
    if (isAgain) {
      result = await look({ refetch: true });
    }
    if (isOwn || isAgain) {
      this.#askedAt.add(commit);
    }
    return { result, isCached: !isOwn && !isAgain };
  }
}

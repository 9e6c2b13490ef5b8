import { z } from 'zod';
import { isBitbucketError, isUnavailableError } from '../../scm/errors';
import { RequestContext } from '../../scm/types';
import { DataCenterApi, listJson, listUrl } from './apiCall';
import { REPOSITORIES_LIMIT } from './limits';
import { toUuid } from './names';

/** After a refusal, which a licence or a permission is behind, for so long none is requested. */
const REFUSED_MS = 24 * 3_600_000;

/** After a failure that may pass. */
const FAILED_MS = 10 * 60_000;

const enrichedSchema = z.object({
  id: z.number().int(),
  properties: z
    .object({ contentHash: z.string().min(1).max(128).nullish() })
    .nullish(),
});

/**
 * The hashes of the contents of repositories, which instances keep for their mirrors:
 * one request for each 1,000 repositories says in which of them something was pushed.
 *
 * Which licence and which permission they take is not documented, so they are tried, and
 * done without where they are refused.
 */
export class ContentHashes {
  readonly #api: DataCenterApi;
  readonly #now: () => number;
  #isAvailable = false;
  #askAt = -Infinity;

  constructor(api: DataCenterApi, now: () => number) {
    this.#api = api;
    this.#now = now;
  }

  /** Whether they could be read the last time. */
  get isAvailable(): boolean {
    return this.#isAvailable;
  }

  /**
   * By the uuid of the repository.
   *
   * @returns undefined where they cannot be read; never rejects, unless the call is given up
   */
  async read(
    context: RequestContext,
  ): Promise<ReadonlyMap<string, string> | undefined> {
    if (this.#now() < this.#askAt) {
      return undefined;
    }
    try {
      const hashes = await this.#list(context);
      this.#isAvailable = hashes.size > 0;
      this.#askAt = this.#isAvailable ? -Infinity : this.#now() + REFUSED_MS;
      return this.#isAvailable ? hashes : undefined;
    } catch (error) {
      if (!isBitbucketError(error)) {
        throw error;
      }
      this.#isAvailable = false;
      this.#askAt =
        this.#now() + (isUnavailableError(error) ? FAILED_MS : REFUSED_MS);
      return undefined;
    }
  }

  async #list(context: RequestContext): Promise<Map<string, string>> {
    const { baseUrl, host } = this.#api;
    const url = listUrl(
      `${baseUrl}/rest/mirroring/latest/repos`,
      REPOSITORIES_LIMIT,
    );
    const hashes = new Map<string, string>();
    for await (const { id, properties } of listJson(
      this.#api,
      url,
      enrichedSchema,
      context,
    )) {
      if (properties?.contentHash) {
        hashes.set(toUuid(host, id), properties.contentHash);
      }
    }
    return hashes;
  }
}

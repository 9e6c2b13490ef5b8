import { Metrics, ReadResult } from '../metrics/Metrics';
import { ReadLookups } from '../mirror/CommitFiles';
import { Lookup, Stale } from '../mirror/Refetch';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { refusesEveryRequest } from '../mirror/failures';
import { atHead } from '../mirror/heads';
import { ScmHost } from '../scm/ScmHost';
import { isNotFoundError } from '../scm/errors';
import { Repository, RequestContext, RequestMeter } from '../scm/types';
import { RepositoryUrl } from '../scm/urls';
import { explainEmpty, explainMissing, NotFoundAdvice } from './NotFoundAdvice';
import {
  directRepositories,
  indexedRepositories,
  openSource,
  Repositories,
  resultOf,
  Source,
} from './openSource';

type ReadOptions = { signal?: AbortSignal; token?: string };

/** What a read has opened, and how to look at it. */
export type Place = {
  source: Source;
  /** What may be out of date of the source. */
  sourceStale?: Stale;
  /** What Bitbucket is asked for again. */
  stale?: Stale;
  lookups: ReadLookups;
  context: RequestContext;
};

/** What counts the reads. */
export type ReadMetrics = Pick<Metrics, 'readEnded'>;

/**
 * Opens what URLs point at. What the mirror has is used as it is; where nothing is
 * found, Bitbucket is asked again for the part that may be out of date. With a token of
 * the caller's own, Bitbucket alone is asked.
 */
export class UrlLookup {
  readonly #host: ScmHost;
  readonly #index: WorkspaceIndex;
  readonly #advice: NotFoundAdvice;
  readonly #metrics?: ReadMetrics;
  readonly #indexed: Repositories;
  readonly #direct: Repositories;

  constructor(
    index: WorkspaceIndex,
    advice: NotFoundAdvice,
    metrics?: ReadMetrics,
  ) {
    this.#host = index.host;
    this.#index = index;
    this.#advice = advice;
    this.#metrics = metrics;
    this.#indexed = indexedRepositories(index);
    this.#direct = directRepositories(index.host);
  }

  /**
   * Reads something at a URL. What `read` does not find is asked for again, as far as
   * it may be out of date.
   *
   * @param isReference - whether the URL is one that an entity may refer to
   */
  async readAt<T>(
    url: string,
    { signal, token }: ReadOptions,
    read: (place: Place) => Promise<Lookup<T>>,
    isReference = false,
  ): Promise<T> {
    const meter = new RequestMeter();
    const context = { signal, token, meter };
    const noted = token === undefined ? this.#note(url) : undefined;
    try {
      const { urls } = this.#host;
      const parsed = urls.parse(url);
      const lookups = new ReadLookups(context);
      const answer = await this.#index.refetch.lookUp(
        { url, place: urls.place(parsed), isReference },
        stale =>
          this.#attempt(parsed, context, stale, place =>
            read({ ...place, stale, lookups, context }),
          ),
      );
      this.#countRead(meter, 'found');
      await noted;
      return answer;
    } catch (error) {
      this.#countRead(meter, resultOf(error));
      if (token === undefined && refusesEveryRequest(error)) {
        await this.#noteRefused(url);
      }
      throw error;
    }
  }

  /** For the next walk to have it read again, once requests are sent. */
  async #noteRefused(url: string): Promise<void> {
    try {
      await this.#index.urls.noteRefused(url);
    } catch {
      // The catalog reads it again when it is processed again.
    }
  }

  /** For deliveries to know what is read. A read does not fail for that alone. */
  async #note(url: string): Promise<void> {
    try {
      await this.#index.urls.note(url);
    } catch {
      // The next read notes it.
    }
  }

  /** Looks a URL up, from the mirror but for what is stale of it. */
  async #attempt<T>(
    url: RepositoryUrl,
    context: RequestContext & { meter: RequestMeter },
    stale: Stale | undefined,
    read: (place: Pick<Place, 'source' | 'sourceStale'>) => Promise<Lookup<T>>,
  ): Promise<Lookup<T>> {
    const { token, meter } = context;
    const repositories = token === undefined ? this.#indexed : this.#direct;
    const before = meter.requests;
    let isKnown: boolean | undefined;
    try {
      return await atHead(async ({ refetch }) => {
        const options = { refetch, stale };
        const opened = await openSource(
          this.#host.urls,
          repositories,
          url,
          context,
          options,
        );
        isKnown = opened.isCached;
        return 'source' in opened
          ? read({ source: opened.source, sourceStale: opened.stale })
          : {
              stale: opened.stale,
              otherwise: () =>
                this.#throwNoRef(opened.repository, opened.noRef, context),
            };
      });
    } catch (error) {
      if (!isNotFoundError(error)) {
        throw error;
      }
      const isRepository = ['repository', 'workspace'].includes(error.missing);
      const isCached = isKnown ?? meter.requests === before;
      return {
        stale: isRepository && isCached ? 'repository' : undefined,
        otherwise: async () => {
          throw explainMissing(this.#host, url, error, {
            withOwnToken: token !== undefined,
          });
        },
      };
    }
  }

  async #throwNoRef(
    repository: Repository,
    ref: string | undefined,
    context: RequestContext,
  ): Promise<never> {
    throw ref === undefined
      ? explainEmpty(repository)
      : await this.#advice.withRef(repository, ref, context);
  }

  #countRead({ requests }: RequestMeter, result: ReadResult): void {
    const source = requests > 0 ? 'network' : 'mirror';
    this.#metrics?.readEnded({ source, result });
  }
}

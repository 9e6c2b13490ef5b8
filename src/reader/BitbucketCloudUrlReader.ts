import {
  UrlReaderService,
  UrlReaderServiceReadTreeOptions,
  UrlReaderServiceReadTreeResponse,
  UrlReaderServiceReadUrlOptions,
  UrlReaderServiceReadUrlResponse,
  UrlReaderServiceSearchOptions,
  UrlReaderServiceSearchResponse,
} from '@backstage/backend-plugin-api';
import { NotModifiedError } from '@backstage/errors';
import { Readable } from 'node:stream';
import { BitbucketClient } from '../hosts/bitbucket-cloud/BitbucketClient';
import { parseUrl, withoutUser } from '../hosts/bitbucket-cloud/urls/parse';
import {
  encodePath,
  RepositoryUrl,
  toFileUrl,
  toPlace,
} from '../hosts/bitbucket-cloud/urls/urls';
import { createPathGlob } from '../lib/globs';
import { Metrics, ReadResult } from '../metrics/Metrics';
import { Lookup, Stale } from '../mirror/Refetch';
import { OwnLooks } from '../mirror/UncachedFiles';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { atHead } from '../mirror/heads';
import { isNotFoundError } from '../scm/errors';
import { Repository, RequestContext, RequestMeter } from '../scm/types';
import { explainEmpty, explainMissing, NotFoundAdvice } from './NotFoundAdvice';
import {
  directRepositories,
  indexedRepositories,
  openSource,
  Repositories,
  resultOf,
  Source,
  throwIfUnreadable,
} from './source';

/** The part of Backstage's factory of tree responses that is used here. */
export type TreeResponseFactory = {
  fromTarArchive(options: {
    stream: Readable;
    subpath?: string;
    etag: string;
    filter?: UrlReaderServiceReadTreeOptions['filter'];
  }): Promise<UrlReaderServiceReadTreeResponse>;
};

type ReadOptions = { signal?: AbortSignal; token?: string };

/** What a reading has opened, and how to look at it. */
type Place = {
  source: Source;
  /** What may be out of date of the source. */
  sourceStale?: Stale;
  /** What Bitbucket is asked for again. */
  stale?: Stale;
  looks: OwnLooks;
  context: RequestContext;
};

/** What the reader tells of its reads. */
type ReadMetrics = Pick<Metrics, 'readEnded'>;

/** A file that was found, where the catalog is to know it, and how to have its content. */
type OpenFile = { url: string; etag: string; content: () => Promise<Buffer> };

/**
 * Reads files, folders and globs of bitbucket.org. What the index knows, as
 * fresh as it is promised to be, takes no request; the rest goes through the
 * REST client of this module, with its credentials and its limits. What the index
 * does not know of, Bitbucket is asked for before it counts as missing.
 *
 * What does not exist is a `NotFoundError` that says which part of the URL that
 * is, and what exists near it. A folder or a page of another kind is an
 * `InputError` with the URL to use instead. A rate limit, an outage or a refusal is
 * an error of the client and never looks like a missing file.
 */
export class BitbucketCloudUrlReader implements UrlReaderService {
  readonly #client: BitbucketClient;
  readonly #index: WorkspaceIndex;
  readonly #indexed: Repositories;
  readonly #direct: Repositories;
  readonly #advice: NotFoundAdvice;
  readonly #metrics?: ReadMetrics;
  readonly #treeResponseFactory: TreeResponseFactory;

  constructor(
    parts: {
      client: BitbucketClient;
      index: WorkspaceIndex;
      /** What is told of the reads. Default: nobody. */
      metrics?: ReadMetrics;
      /** What catalog files are called, besides `catalog-info*.yaml`. Default: nothing else. */
      catalogFileNames?: readonly string[];
    },
    treeResponseFactory: TreeResponseFactory,
  ) {
    const { client, index, metrics, catalogFileNames } = parts;
    this.#client = client;
    this.#metrics = metrics;
    this.#index = index;
    this.#indexed = indexedRepositories(index);
    this.#direct = directRepositories(client);
    this.#advice = new NotFoundAdvice(client, Date.now, catalogFileNames);
    this.#treeResponseFactory = treeResponseFactory;
  }

  async readUrl(
    url: string,
    options: UrlReaderServiceReadUrlOptions = {},
  ): Promise<UrlReaderServiceReadUrlResponse> {
    const { content, etag } = await this.#openFile(url, options, true);
    const buffer = await content();
    return {
      buffer: async () => buffer,
      stream: () => Readable.from([buffer]),
      etag,
    };
  }

  /** Reads one file, or all files that a path with wildcards finds, if any. */
  async search(
    url: string,
    options: UrlReaderServiceSearchOptions = {},
  ): Promise<UrlReaderServiceSearchResponse> {
    if (parseUrl(url).pattern) {
      return this.#searchGlob(url, options);
    }
    const { etag, ...file } = await this.#openFile(url, options);
    return { files: [file], etag };
  }

  /** Costs one request for the archive of the commit, if that is another than the ETag says. */
  async readTree(
    url: string,
    options: UrlReaderServiceReadTreeOptions = {},
  ): Promise<UrlReaderServiceReadTreeResponse> {
    const tree = await this.#readAt(url, options, async place => {
      const { repository, files, path: subpath } = place.source;
      const etag = files.commit.slice(0, 12);
      throwIfNotModified(etag, options.etag);
      const [workspace, slug] = repository.fullName.split('/');
      const stream = await this.#client.source.readArchive(
        workspace,
        slug,
        files.commit,
        place.context,
      );
      return { found: { stream, subpath, etag, filter: options.filter } };
    });
    return this.#treeResponseFactory.fromTarArchive(tree);
  }

  toString(): string {
    return `bitbucketCloud{host=bitbucket.org,credential=${
      this.#client.credential.kind
    }}`;
  }

  async #openFile(
    url: string,
    options: UrlReaderServiceReadUrlOptions,
    isReference = false,
  ): Promise<OpenFile> {
    const read = async (place: Place): Promise<Lookup<OpenFile>> => {
      const { source, sourceStale, context } = place;
      const { repository, ref, path, files } = source;
      const { result: file, isCached } = await this.#lookAt(place);
      if (!file?.exists) {
        return {
          stale: sourceStale ?? (isCached ? 'file' : undefined),
          otherwise: async () => {
            throw await this.#advice.withFile(
              withoutUser(url),
              source,
              context,
            );
          },
        };
      }
      throwIfUnreadable(url, file, this.#client.maxFileBytes);
      const etag = file.etag ?? file.hash ?? '';
      throwIfNotModified(etag, options.etag);
      const content = await files.read(path, file, context);
      const keepsUrl = await this.#keepsUrl(url, source);
      return {
        found: {
          url: keepsUrl ? url : toFileUrl(repository.fullName, ref, path),
          etag,
          content: async () => content,
        },
      };
    };
    return this.#readAt(url, options, read, isReference);
  }

  async #lookAt({ source: { files, path }, looks, stale, context }: Place) {
    return path === ''
      ? { result: undefined, isCached: false }
      : looks.look(
          files,
          stale,
          options => files.look(path, context, options),
          ({ exists }) => exists,
        );
  }

  /** Whether the catalog is to know a file by its URL as it is written. */
  async #keepsUrl(
    url: string,
    { isPlain, isOtherCase }: Source,
  ): Promise<boolean> {
    return (
      isPlain &&
      (!isOtherCase || (await this.#index.refetch.hasEntitiesOf(url)))
    );
  }

  /** The head's hash is the ETag, since only a commit changes what a glob finds. */
  async #searchGlob(
    url: string,
    options: UrlReaderServiceSearchOptions,
  ): Promise<UrlReaderServiceSearchResponse> {
    const search = async (
      place: Place,
    ): Promise<Lookup<UrlReaderServiceSearchResponse>> => {
      const { source, sourceStale, stale, looks, context } = place;
      const { repository, ref, files, path, pattern = path } = source;
      throwIfNotModified(files.commit, options.etag);
      // Encoded, a star is a part of a name, and not a wildcard.
      const { matches } = createPathGlob(pattern);
      const { result: wanted, isCached } = await looks.look(
        files,
        stale,
        async lookOptions => {
          const glob = createPathGlob(path);
          const found = await files.find(glob, context, lookOptions);
          return found.filter(filePath => matches(encodePath(filePath)));
        },
        paths => paths.length > 0,
      );
      const found = {
        etag: files.commit,
        files: wanted.map(filePath => {
          const fileUrl = toFileUrl(repository.fullName, ref, filePath);
          return {
            url: fileUrl,
            content: async () => {
              const file = await files.look(filePath, context);
              throwIfUnreadable(fileUrl, file, this.#client.maxFileBytes);
              return files.read(filePath, file, context);
            },
          };
        }),
      };
      return wanted.length > 0
        ? { found }
        : {
            stale: sourceStale ?? (isCached ? 'file' : undefined),
            otherwise: async () => found,
          };
    };
    return this.#readAt(url, options, search);
  }

  async #readAt<T>(
    url: string,
    { signal, token }: ReadOptions,
    read: (place: Place) => Promise<Lookup<T>>,
    isReference = false,
  ): Promise<T> {
    const meter = new RequestMeter();
    const context = { signal, token, meter };
    const noted = token === undefined ? this.#note(url) : undefined;
    try {
      const parsed = parseUrl(url);
      const looks = new OwnLooks(context);
      const answer = await this.#index.refetch.lookUp(
        { url, place: toPlace(parsed), isReference },
        stale =>
          this.#attempt(parsed, context, stale, place =>
            read({ ...place, stale, looks, context }),
          ),
      );
      this.#tell(meter, 'found');
      await noted;
      return answer;
    } catch (error) {
      this.#tell(meter, resultOf(error));
      throw error;
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

  /** Looks a URL up, from the index but for what is stale of it. */
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
      return await atHead(async ({ anew }) => {
        const options = { anew, stale };
        const opened = await openSource(repositories, url, context, options);
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
      const { kind } = this.#client.credential;
      return {
        stale: isRepository && isCached ? 'repository' : undefined,
        otherwise: async () => {
          throw explainMissing(
            url,
            error,
            token === undefined ? kind : 'token',
          );
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

  #tell({ requests }: RequestMeter, result: ReadResult): void {
    const source = requests > 0 ? 'network' : 'index';
    this.#metrics?.readEnded({ source, result });
  }
}

function throwIfNotModified(etag: string, knownEtag?: string): void {
  if (etag !== '' && etag === knownEtag) {
    throw new NotModifiedError();
  }
}

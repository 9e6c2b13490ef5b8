import { Readable } from 'node:stream';
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
import {
  BitbucketClient,
  isNotFoundError,
  RequestContext,
  RequestMeter,
} from '../bitbucket';
import { Metrics, ReadResult } from '../metrics';
import { encodePath, parseUrl, toFileUrl, withoutUser } from '../urls';
import { atHead, createPathGlob, WorkspaceIndex } from '../workspace';
import { Help } from './Help';
import { explainMissing } from './missing';
import { resultOf } from './readResult';
import { directRepositories, indexedRepositories } from './repositories';
import { NoSource, openSource, Repositories, Source } from './source';
import { throwIfUnreadable } from './unreadable';

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

/** What the reader tells of its reads. */
type ReadMetrics = Pick<Metrics, 'readEnded'>;

/** A file that was found, where the catalog is to know it, and how to have its content. */
type OpenFile = { url: string; etag: string; content: () => Promise<Buffer> };

/**
 * Reads files, folders and globs of bitbucket.org. What the index knows, as
 * fresh as it is promised to be, takes no request; the rest goes through the
 * REST client of this module, with its credentials and its limits.
 *
 * What does not exist is a `NotFoundError` that says which part of the URL that
 * is, and what exists near it. A folder or a page of another kind is an
 * `InputError` with the URL to use instead. A rate limit, an outage or a refusal is
 * an error of the client and never looks like a missing file.
 */
export class BitbucketCloudUrlReader implements UrlReaderService {
  readonly #client: BitbucketClient;
  readonly #indexed: Repositories;
  readonly #direct: Repositories;
  readonly #help: Help;
  readonly #metrics?: ReadMetrics;
  readonly #treeResponseFactory: TreeResponseFactory;

  constructor(
    parts: {
      client: BitbucketClient;
      index: WorkspaceIndex;
      /** What is told of the reads. Default: nobody. */
      metrics?: ReadMetrics;
    },
    treeResponseFactory: TreeResponseFactory,
  ) {
    const { client, index, metrics } = parts;
    this.#client = client;
    this.#metrics = metrics;
    this.#indexed = indexedRepositories(index);
    this.#direct = directRepositories(client);
    this.#help = new Help(client);
    this.#treeResponseFactory = treeResponseFactory;
  }

  async readUrl(
    url: string,
    options: UrlReaderServiceReadUrlOptions = {},
  ): Promise<UrlReaderServiceReadUrlResponse> {
    const { content, etag } = await this.#openFile(url, options);
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
    const tree = await this.#readAt(url, options, async (source, context) => {
      const { repository, files, path: subpath } = source;
      const etag = files.commit.slice(0, 12);
      throwIfNotModified(etag, options.etag);
      const [workspace, slug] = repository.fullName.split('/');
      const stream = await this.#client.source.readArchive(
        workspace,
        slug,
        files.commit,
        context,
      );
      return { stream, subpath, etag, filter: options.filter };
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
  ): Promise<OpenFile> {
    return this.#readAt(url, options, async (source, context) => {
      const { repository, ref, path, files, isPlain } = source;
      const file = path === '' ? undefined : await files.look(path, context);
      if (!file?.exists) {
        throw await this.#help.withFile(withoutUser(url), source, context);
      }
      throwIfUnreadable(url, file, this.#client.maxFileBytes);
      const etag = file.etag ?? file.hash ?? '';
      throwIfNotModified(etag, options.etag);
      const content = await files.read(path, file, context);
      return {
        url: isPlain ? url : toFileUrl(repository.fullName, ref, path),
        etag,
        content: async () => content,
      };
    });
  }

  /** The head's hash is the ETag, since only a commit changes what a glob finds. */
  async #searchGlob(
    url: string,
    options: UrlReaderServiceSearchOptions,
  ): Promise<UrlReaderServiceSearchResponse> {
    return this.#readAt(url, options, async (source, context) => {
      const { repository, ref, files, path, pattern = path } = source;
      throwIfNotModified(files.commit, options.etag);
      const found = await files.find(createPathGlob(path), context);
      // Encoded, a star is a part of a name, and not a wildcard.
      const { matches } = createPathGlob(pattern);
      const wanted = found.filter(filePath => matches(encodePath(filePath)));
      return {
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
    });
  }

  async #readAt<T>(
    url: string,
    { signal, token }: ReadOptions,
    read: (source: Source, context: RequestContext) => Promise<T>,
  ): Promise<T> {
    const meter = new RequestMeter();
    const context = { signal, token, meter };
    const repositories = token === undefined ? this.#indexed : this.#direct;
    try {
      const parsed = parseUrl(url);
      const answer = await atHead(async options => {
        const source = await openSource(repositories, parsed, context, options);
        return read(await this.#found(source, context), context);
      });
      this.#tell(meter, 'found');
      return answer;
    } catch (error) {
      this.#tell(meter, resultOf(error));
      if (isNotFoundError(error)) {
        const { kind } = this.#client.credential;
        throw explainMissing(
          parseUrl(url),
          error,
          token === undefined ? kind : 'token',
        );
      }
      throw error;
    }
  }

  async #found(
    source: Source | NoSource,
    context: RequestContext,
  ): Promise<Source> {
    if ('noRef' in source) {
      const { repository, noRef } = source;
      throw await this.#help.withRef(repository, noRef, context);
    }
    return source;
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

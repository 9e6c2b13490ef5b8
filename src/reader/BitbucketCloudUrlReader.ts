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
import { NotFoundError, NotModifiedError } from '@backstage/errors';
import {
  BitbucketClient,
  isNotFoundError,
  RequestContext,
  RequestMeter,
} from '../bitbucket';
import { Metrics, ReadResult } from '../metrics';
import { atHead, createPathGlob, isGlob, WorkspaceIndex } from '../workspace';
import { resultOf } from './readResult';
import { directRepositories, indexedRepositories } from './repositories';
import { openSource, Repositories, Source } from './source';
import { throwIfUnreadable } from './unreadable';
import { parseUrl, toFileUrl } from './urls';

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

/** A file that was found, and how to have its content. */
type OpenFile = { etag: string; content: () => Promise<Buffer> };

/**
 * Reads files, folders and globs of bitbucket.org. What the index knows, as
 * fresh as it is promised to be, takes no request; the rest goes through the
 * REST client of this module, with its credentials and its limits.
 *
 * What does not exist is a `NotFoundError`; a rate limit, an outage or a
 * refusal is an error of the client and never looks like a missing file.
 */
export class BitbucketCloudUrlReader implements UrlReaderService {
  readonly #client: BitbucketClient;
  readonly #indexed: Repositories;
  readonly #direct: Repositories;
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
    this.#indexed = indexedRepositories(index, client);
    this.#direct = directRepositories(client);
    this.#treeResponseFactory = treeResponseFactory;
  }

  async readUrl(
    url: string,
    options: UrlReaderServiceReadUrlOptions = {},
  ): Promise<UrlReaderServiceReadUrlResponse> {
    const file = await this.#openFile(url, options);
    if (!file) {
      throw new NotFoundError(`${url} does not exist, or is no file`);
    }
    const content = await file.content();
    return {
      buffer: async () => content,
      stream: () => Readable.from([content]),
      etag: file.etag,
    };
  }

  /**
   * Reads one file, or all files that a path with wildcards finds. A file that
   * does not exist is an empty result; a repository or a branch that does not
   * exist is an error, since it says nothing about the file.
   */
  async search(
    url: string,
    options: UrlReaderServiceSearchOptions = {},
  ): Promise<UrlReaderServiceSearchResponse> {
    // Encoded, a wildcard is part of a name.
    if (isGlob(new URL(url).pathname)) {
      return this.#searchGlob(url, options);
    }
    const file = await this.#openFile(url, options);
    return file
      ? { files: [{ url, content: file.content }], etag: file.etag }
      : { files: [], etag: '' };
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
      const stream = await this.#client.readArchive(
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
  ): Promise<OpenFile | undefined> {
    return this.#readAt(url, options, async ({ files, path }, context) => {
      const file = await files.look(path, context);
      if (!file.exists) {
        return undefined;
      }
      throwIfUnreadable(url, file, this.#client.maxFileBytes);
      const etag = file.etag ?? file.hash ?? '';
      throwIfNotModified(etag, options.etag);
      const content = await files.read(path, file, context);
      return { etag, content: async () => content };
    });
  }

  /** The head's hash is the ETag, since only a commit changes what a glob finds. */
  async #searchGlob(
    url: string,
    options: UrlReaderServiceSearchOptions,
  ): Promise<UrlReaderServiceSearchResponse> {
    return this.#readAt(url, options, async (source, context) => {
      const { repository, ref, files, path } = source;
      throwIfNotModified(files.commit, options.etag);
      const found = await files.find(createPathGlob(path), context);
      return {
        etag: files.commit,
        files: found.map(filePath => {
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
      const answer = await atHead(async options =>
        read(
          await openSource(repositories, parseUrl(url), context, options),
          context,
        ),
      );
      this.#tell(meter, answer === undefined ? 'not_found' : 'found');
      return answer;
    } catch (error) {
      this.#tell(meter, resultOf(error));
      if (isNotFoundError(error)) {
        throw new NotFoundError(error.message, error);
      }
      throw error;
    }
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

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
import { BitbucketClient, isNotFoundError, RequestContext } from '../bitbucket';
import { createPathGlob, findFiles, isGlob } from '../workspace';
import { readAtRef, Source, toCommitHash } from './revisions';
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

/**
 * Reads files, folders and globs of bitbucket.org through the REST client of
 * this module, with its credentials and its limits.
 *
 * What does not exist is a `NotFoundError`; a rate limit, an outage or a
 * refusal is an error of the client and never looks like a missing file.
 */
export class BitbucketCloudUrlReader implements UrlReaderService {
  readonly #client: BitbucketClient;
  readonly #treeResponseFactory: TreeResponseFactory;

  constructor(
    client: BitbucketClient,
    treeResponseFactory: TreeResponseFactory,
  ) {
    this.#client = client;
    this.#treeResponseFactory = treeResponseFactory;
  }

  /** Costs one request, and one more for a branch with a slash in its name. */
  async readUrl(
    url: string,
    options: UrlReaderServiceReadUrlOptions = {},
  ): Promise<UrlReaderServiceReadUrlResponse> {
    return orNotFound(this.#readFile(url, options));
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
      return orNotFound(this.#searchGlob(url, options));
    }
    try {
      const file = await this.#readFile(url, options);
      const { buffer: content, etag = '', lastModifiedAt } = file;
      return { files: [{ url, content, lastModifiedAt }], etag };
    } catch (error) {
      if (isNotFoundError(error) && error.missing === 'path') {
        return { files: [], etag: '' };
      }
      return orNotFound(Promise.reject(error));
    }
  }

  /** Costs one request for the commit and one for its archive. */
  async readTree(
    url: string,
    options: UrlReaderServiceReadTreeOptions = {},
  ): Promise<UrlReaderServiceReadTreeResponse> {
    const tree = this.#readAt(url, options, async (source, context) => {
      const { workspace, repository, path: subpath } = source;
      const hash = await toCommitHash(this.#client, source, context);
      const etag = hash.slice(0, 12);
      throwIfNotModified(etag, options.etag);
      const stream = await this.#client.readArchive(
        workspace,
        repository,
        hash,
        context,
      );
      const { filter } = options;
      return { stream, subpath, etag, filter };
    });
    return this.#treeResponseFactory.fromTarArchive(await orNotFound(tree));
  }

  toString(): string {
    return `bitbucketCloud{host=bitbucket.org,credential=${
      this.#client.credential.kind
    }}`;
  }

  async #readFile(
    url: string,
    options: UrlReaderServiceReadUrlOptions,
  ): Promise<UrlReaderServiceReadUrlResponse> {
    const { etag: knownEtag, lastModifiedAfter } = options;
    const file = await this.#readAt(url, options, (source, context) =>
      this.#client.readFile(
        source.workspace,
        source.repository,
        source.revision,
        source.path,
        { etag: knownEtag, lastModifiedAfter },
        context,
      ),
    );
    if (!file) {
      throw new NotModifiedError();
    }
    const { content, etag, lastModified: lastModifiedAt } = file;
    return {
      buffer: async () => content,
      stream: () => Readable.from([content]),
      etag,
      lastModifiedAt,
    };
  }

  /** The head's hash is the ETag, since only a commit changes what a glob finds. */
  async #searchGlob(
    url: string,
    options: UrlReaderServiceSearchOptions,
  ): Promise<UrlReaderServiceSearchResponse> {
    return this.#readAt(url, options, async (source, context) => {
      const { workspace, repository, ref, path } = source;
      const hash = await toCommitHash(this.#client, source, context);
      throwIfNotModified(hash, options.etag);
      const found = await findFiles(
        this.#client,
        { workspace, repository, hash },
        createPathGlob(path),
        context,
      );
      const fullName = `${workspace}/${repository}`;
      return {
        etag: hash,
        files: found.map(file => ({
          url: toFileUrl(fullName, ref, file.path),
          content: async () => {
            const pinned = toFileUrl(fullName, hash, file.path);
            const { buffer } = await this.readUrl(pinned, {
              signal: options.signal,
              token: options.token,
            });
            return buffer();
          },
        })),
      };
    });
  }

  async #readAt<T>(
    url: string,
    { signal, token }: ReadOptions,
    read: (source: Source, context: RequestContext) => Promise<T>,
  ): Promise<T> {
    const context = { signal, token };
    return readAtRef(this.#client, parseUrl(url), context, source =>
      read(source, context),
    );
  }
}

function throwIfNotModified(etag: string, knownEtag?: string): void {
  if (etag === knownEtag) {
    throw new NotModifiedError();
  }
}

async function orNotFound<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    if (isNotFoundError(error)) {
      throw new NotFoundError(error.message, error);
    }
    throw error;
  }
}

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
import { createPathGlob } from '../lib/globs';
import { Lookup } from '../mirror/Refetch';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { ScmHost } from '../scm/ScmHost';
import { encodeUrlPath, withoutUser } from '../scm/urls';
import { NotFoundAdvice } from './NotFoundAdvice';
import { Place, ReadMetrics, UrlLookup } from './UrlLookup';
import { Source, throwIfUnreadable } from './openSource';

/** The part of Backstage's factory of tree responses that is used here. */
export type TreeResponseFactory = {
  fromTarArchive(options: {
    stream: Readable;
    subpath?: string;
    etag: string;
    filter?: UrlReaderServiceReadTreeOptions['filter'];
  }): Promise<UrlReaderServiceReadTreeResponse>;
};

/** A file that was found, where the catalog is to know it, and how to have its content. */
type OpenFile = { url: string; etag: string; content: () => Promise<Buffer> };

/**
 * Reads files, folders and globs of a host. What the mirror has, and is as fresh as
 * configured, takes no request; the rest goes through the REST client of this module,
 * with its credentials and its limits. What the mirror does not have is requested from
 * Bitbucket before it counts as missing.
 *
 * What does not exist is a `NotFoundError` that says which part of the URL that
 * is, and what exists near it. A folder or a page of another kind is an
 * `InputError` with the URL to use instead. A rate limit, an outage or a refusal is
 * an error of the client and never looks like a missing file.
 */
export class BitbucketUrlReader implements UrlReaderService {
  readonly #index: WorkspaceIndex;
  readonly #advice: NotFoundAdvice;
  readonly #lookup: UrlLookup;
  readonly #treeResponseFactory: TreeResponseFactory;

  constructor(
    parts: {
      index: WorkspaceIndex;
      /** Counts the reads. */
      metrics?: ReadMetrics;
      /** What catalog files are called, besides `catalog-info*.yaml`. Default: nothing else. */
      catalogFileNames?: readonly string[];
    },
    treeResponseFactory: TreeResponseFactory,
  ) {
    const { index, metrics, catalogFileNames } = parts;
    this.#index = index;
    this.#advice = new NotFoundAdvice(index.host, Date.now, catalogFileNames);
    this.#lookup = new UrlLookup(index, this.#advice, metrics);
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
    if (this.#host.urls.parse(url).pattern) {
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
    const tree = await this.#lookup.readAt(url, options, async place => {
      const { repository, files, path: subpath } = place.source;
      const etag = files.commit.slice(0, 12);
      throwIfNotModified(etag, options.etag);
      const at = { fullName: repository.fullName, hash: files.commit };
      const stream = await this.#host.archive(at, subpath, place.context);
      return { found: { stream, subpath, etag, filter: options.filter } };
    });
    return this.#treeResponseFactory.fromTarArchive(tree);
  }

  toString(): string {
    const { id, credential } = this.#host;
    return `bitbucket{host=${id},credential=${credential.kind}}`;
  }

  get #host(): ScmHost {
    return this.#index.host;
  }

  async #openFile(
    url: string,
    options: UrlReaderServiceReadUrlOptions,
    isReference = false,
  ): Promise<OpenFile> {
    const read = async (place: Place): Promise<Lookup<OpenFile>> => {
      const { source, sourceStale, context } = place;
      const { path, files } = source;
      const { result: file, isCached } = await this.#stat(place);
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
      throwIfUnreadable(url, file, this.#host.maxFileSize);
      const etag = file.etag ?? file.hash ?? '';
      throwIfNotModified(etag, options.etag);
      const content = await files.read(path, file, context);
      const keepsUrl = await this.#keepsUrl(url, source);
      return {
        found: {
          url: keepsUrl ? url : source.urlOf(path),
          etag,
          content: async () => content,
        },
      };
    };
    return this.#lookup.readAt(url, options, read, isReference);
  }

  async #stat({ source: { files, path }, lookups, stale, context }: Place) {
    return path === ''
      ? { result: undefined, isCached: false }
      : lookups.lookUp(
          files,
          stale,
          options => files.stat(path, context, options),
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
      const { source, sourceStale, stale, lookups, context } = place;
      const { files, path, pattern = path } = source;
      throwIfNotModified(files.commit, options.etag);
      // Encoded, a star is a part of a name, and not a wildcard.
      const { matches } = createPathGlob(pattern);
      const { result: wanted, isCached } = await lookups.lookUp(
        files,
        stale,
        async lookOptions => {
          const glob = createPathGlob(path);
          const found = await files.find(glob, context, lookOptions);
          return found.filter(filePath => matches(encodeUrlPath(filePath)));
        },
        paths => paths.length > 0,
      );
      const found = {
        etag: files.commit,
        files: wanted.map(filePath => {
          const fileUrl = source.urlOf(filePath);
          return {
            url: fileUrl,
            content: async () => {
              const file = await files.stat(filePath, context);
              throwIfUnreadable(fileUrl, file, this.#host.maxFileSize);
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
    return this.#lookup.readAt(url, options, search);
  }
}

function throwIfNotModified(etag: string, knownEtag?: string): void {
  if (etag !== '' && etag === knownEtag) {
    throw new NotModifiedError();
  }
}

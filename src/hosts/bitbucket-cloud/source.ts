import { Readable } from 'node:stream';
import { MalformedBodyError } from '../../http/responseBody';
import { HttpRequest, HttpResponse } from '../../http/transport';
import {
  displayUrl,
  encodePath,
  encodeSegment,
  repositoryUrl,
  withQuery,
} from '../../http/urls';
import { UnexpectedResponseError } from '../../scm/errors';
import { RequestContext, SourceEntry } from '../../scm/types';
import { CallApi, listJson } from './apiCall';
import { getJson } from '../../http/callApi';
import { MAX_PAGELEN } from './limits';
import {
  FileContent,
  pageFields,
  SOURCE_ENTRY_FIELDS,
  sourceEntrySchema,
  SourceQuery,
} from './schemas';

/**
 * The file in a response.
 *
 * @throws UnexpectedResponseError for a response without an ETag. Bitbucket sends one
 * with every file, also an empty one, so that anything else is the listing of a
 * folder, or a page of something in between, for which another attempt may help.
 */
function readFileContent(
  { status, headers, body }: HttpResponse,
  { method, url }: HttpRequest,
): FileContent {
  if (!headers.has('ETag')) {
    const isListing = /\bjson\b/i.test(headers.get('Content-Type') ?? '');
    const ErrorClass = isListing ? UnexpectedResponseError : MalformedBodyError;
    throw new ErrorClass('the response has no ETag, so it is not a file', {
      method,
      url: displayUrl(url),
      status,
    });
  }
  return { content: body, etag: headers.get('ETag') ?? undefined };
}

/**
 * The files of commits. Errors are those of `BitbucketClient`.
 *
 * https://developer.atlassian.com/cloud/bitbucket/rest/api-group-source/
 */
export class Source {
  readonly #apiBaseUrl: string;
  readonly #webBaseUrl: string;
  readonly #maxFileBytes: number;
  readonly #callApi: CallApi;

  constructor(options: {
    apiBaseUrl: string;
    webBaseUrl: string;
    maxFileBytes: number;
    callApi: CallApi;
  }) {
    this.#apiBaseUrl = options.apiBaseUrl;
    this.#webBaseUrl = options.webBaseUrl;
    this.#maxFileBytes = options.maxFileBytes;
    this.#callApi = options.callApi;
  }

  /** What there is at a path: a file or a directory. */
  async entry(
    workspace: string,
    repository: string,
    commit: string,
    path: string,
    context?: RequestContext,
  ): Promise<SourceEntry> {
    const fields = SOURCE_ENTRY_FIELDS.join(',');
    return getJson(
      this.#callApi,
      withQuery(this.#url(workspace, repository, commit, path), {
        format: 'meta',
        fields,
      }),
      sourceEntrySchema,
      context,
    );
  }

  /**
   * The files and directories below a directory, breadth first; one request for
   * each page. A listing that takes Bitbucket too long is an `UnavailableError`
   * of status 555.
   *
   * @param path - the directory; empty for the root
   */
  list(
    workspace: string,
    repository: string,
    commit: string,
    path: string,
    query: SourceQuery = {},
    context?: RequestContext,
  ): AsyncIterable<SourceEntry> {
    const { maxDepth, q, pagelen = MAX_PAGELEN } = query;
    const url = this.#url(workspace, repository, commit, path);
    return listJson(
      this.#callApi,
      // The root cannot be listed without a slash at the end.
      withQuery(url.endsWith('/') ? url : `${url}/`, {
        max_depth: maxDepth,
        q,
        pagelen,
        fields: pageFields(SOURCE_ENTRY_FIELDS),
      }),
      sourceEntrySchema,
      context,
    );
  }

  /**
   * A file.
   *
   * @throws BodyTooLargeError when it exceeds `BitbucketClient.maxFileBytes`
   */
  async readFile(
    workspace: string,
    repository: string,
    commit: string,
    path: string,
    context?: RequestContext,
  ): Promise<FileContent> {
    const url = this.#url(workspace, repository, commit, path);
    const maxBytes = this.#maxFileBytes;
    return this.#callApi({
      request: { method: 'GET', url, maxBytes, ...context },
      read: readFileContent,
    });
  }

  /**
   * All files of a commit as a gzipped tar archive, with one folder at its top.
   *
   * @returns a stream, to be read to its end or destroyed; it fails with an
   * `UnavailableError` when the archive is cut short
   */
  async readArchive(
    workspace: string,
    repository: string,
    commit: string,
    context?: RequestContext,
  ): Promise<Readable> {
    const url = `${this.#webBaseUrl}/${encodeSegment(workspace)}/${encodeSegment(
      repository,
    )}/get/${encodeSegment(commit)}.tar.gz`;
    return this.#callApi({
      request: { method: 'GET', url, streamed: true, ...context },
      read: ({ stream, body }) => stream ?? Readable.from([body]),
    });
  }

  #url(
    workspace: string,
    repository: string,
    commit: string,
    path: string,
  ): string {
    const base = repositoryUrl(this.#apiBaseUrl, workspace, repository);
    return `${base}/src/${encodeSegment(commit)}/${encodePath(path)}`;
  }
}

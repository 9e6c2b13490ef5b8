import { MalformedBodyError } from './json';
import { HttpRequest, HttpResponse } from './transport';
import { FileConditions, FileContent } from './types';
import { displayUrl } from './urls';

/** The request headers that ask for a file only if it changed. */
export function conditionHeaders(
  conditions: FileConditions,
): Record<string, string> {
  const { etag, lastModifiedAfter } = conditions;
  return {
    ...(etag && { 'If-None-Match': etag }),
    ...(lastModifiedAfter && {
      'If-Modified-Since': lastModifiedAfter.toUTCString(),
    }),
  };
}

/**
 * The file in an answer, or undefined if it has not changed.
 *
 * @throws MalformedBodyError for an empty answer without an ETag. Bitbucket
 * sends one with every file, also an empty one, so that is no file: it would
 * take the entities of a file out of the catalog.
 */
export function readFileContent(
  response: HttpResponse,
  request: HttpRequest,
): FileContent | undefined {
  const { status, headers, body } = response;
  if (status === 304) {
    return undefined;
  }
  if (body.length === 0 && !headers.has('ETag')) {
    throw new MalformedBodyError('the answer is empty and has no ETag', {
      method: request.method,
      url: displayUrl(request.url),
      status,
    });
  }
  const lastModified = Date.parse(headers.get('Last-Modified') ?? '');
  return {
    content: body,
    etag: headers.get('ETag') ?? undefined,
    lastModified: Number.isNaN(lastModified)
      ? undefined
      : new Date(lastModified),
  };
}

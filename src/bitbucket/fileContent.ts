import { UnexpectedResponseError } from './errors';
import { MalformedBodyError } from './json';
import { HttpRequest, HttpResponse } from './transport';
import { FileContent } from './types';
import { displayUrl } from './urls';

/**
 * The file in a response.
 *
 * @throws UnexpectedResponseError for a response without an ETag. Bitbucket sends one
 * with every file, also an empty one, so that anything else is the listing of a
 * folder, or a page of something in between, for which another attempt may help.
 */
export function readFileContent(
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

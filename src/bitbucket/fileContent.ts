import { MalformedBodyError } from './json';
import { HttpRequest, HttpResponse } from './transport';
import { FileContent } from './types';
import { displayUrl } from './urls';

/**
 * The file in a response.
 *
 * @throws MalformedBodyError for a response without an ETag. Bitbucket sends one
 * with every file, also an empty one, so that anything else is a page of something
 * in between, and not a file.
 */
export function readFileContent(
  { status, headers, body }: HttpResponse,
  { method, url }: HttpRequest,
): FileContent {
  if (!headers.has('ETag')) {
    throw new MalformedBodyError(
      'the response has no ETag, so it is not a file',
      {
        method,
        url: displayUrl(url),
        status,
      },
    );
  }
  return { content: body, etag: headers.get('ETag') ?? undefined };
}

import { MalformedBodyError } from './json';
import { HttpRequest, HttpResponse } from './transport';
import { FileContent } from './types';
import { displayUrl } from './urls';

/**
 * The file in an answer.
 *
 * @throws MalformedBodyError for an empty answer without an ETag. Bitbucket
 * sends one with every file, also an empty one, so that is no file: it would
 * take the entities of a file out of the catalog.
 */
export function readFileContent(
  { status, headers, body }: HttpResponse,
  { method, url }: HttpRequest,
): FileContent {
  if (body.length === 0 && !headers.has('ETag')) {
    throw new MalformedBodyError('the answer is empty and has no ETag', {
      method,
      url: displayUrl(url),
      status,
    });
  }
  return { content: body, etag: headers.get('ETag') ?? undefined };
}

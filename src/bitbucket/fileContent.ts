import { HttpResponse } from './transport';
import { FileConditions, FileContent } from './types';

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

/** The file in an answer, or undefined if it has not changed. */
export function readFileContent(
  response: HttpResponse,
): FileContent | undefined {
  const { status, headers, body } = response;
  if (status === 304) {
    return undefined;
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

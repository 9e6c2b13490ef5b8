import { z } from 'zod';
import { JSON_WANTED } from '../../http/callApi';
import { MAX_PAGES } from '../../http/links';
import { readJson } from '../../http/responseBody';
import { displayUrl, encodePath } from '../../http/urls';
import { isBodyTooLargeError, UnexpectedResponseError } from '../../scm/errors';
import { AtCommit, RequestContext } from '../../scm/types';
import { DataCenterApi, listUrl, nextStart, repositoryUrl } from './apiCall';
import { FILES_LIMIT, MAX_LISTING_BYTES } from './limits';
import { pathSchema } from './schemas';

const pageSchema = z.object({
  values: z.array(pathSchema),
  isLastPage: z.boolean().nullish(),
  nextPageStart: z.number().int().nonnegative().nullish(),
});

/** Of fewer paths a page is never too large. */
const LEAST_LIMIT = 1_000;

/**
 * The paths of all that is below a folder, folders aside, page by page; from the root of
 * the repository. One request for each 100,000 files; where a page of those is too large
 * to be read, for each 10,000 or 1,000.
 *
 * @throws NotFoundError when there is no such folder; UnexpectedResponseError with the
 * status 400 for what is not a folder
 */
export async function* listPaths(
  api: DataCenterApi,
  at: AtCommit,
  folder: string,
  context: RequestContext,
): AsyncGenerator<string[]> {
  const url = `${repositoryUrl(api, at)}/files/${encodePath(folder)}`;
  let limit = FILES_LIMIT;
  let start: number | undefined = 0;
  for (let pages = 0; start !== undefined; pages += 1) {
    const pageUrl: string = listUrl(url.replace(/\/$/, ''), limit, {
      at: at.hash,
      start: start || undefined,
    });
    if (pages >= MAX_PAGES) {
      throw new UnexpectedResponseError(
        `the list does not end within ${MAX_PAGES} pages`,
        { method: 'GET', url: displayUrl(pageUrl) },
      );
    }
    try {
      const page = await fetchPaths(api, pageUrl, context);
      start = nextStart(pageUrl, page);
      yield page.values.map(path =>
        folder === '' ? path : `${folder}/${path}`,
      );
    } catch (error) {
      if (!isBodyTooLargeError(error) || limit <= LEAST_LIMIT) {
        throw error;
      }
      limit /= 10;
    }
  }
}

function fetchPaths(
  { callApi }: DataCenterApi,
  url: string,
  context: RequestContext,
): Promise<z.infer<typeof pageSchema>> {
  return callApi({
    request: {
      method: 'GET',
      url,
      headers: JSON_WANTED,
      maxBytes: MAX_LISTING_BYTES,
      ...context,
    },
    read: (response, request) => readJson(request, response, pageSchema),
  });
}

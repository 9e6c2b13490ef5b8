import { UnexpectedResponseError } from '../scm/errors';
import { HttpRequest, HttpResponse, Send } from './transport';
import { displayUrl } from './urls';

/**
 * Pages of one list before it is taken for endless: 200,000 rows if they are
 * full.
 */
export const MAX_PAGES = 2_000;

/** Bitbucket guarantees no more of a page than this. */
export type Page<T> = { values: T[]; next?: string | null };

/** The rows of a list, one by one; as {@link paginatePages} in all else. */
export async function* paginate<T>(
  firstUrl: string,
  fetchPage: (url: string) => Promise<Page<T>>,
): AsyncGenerator<T> {
  for await (const rows of paginatePages(firstUrl, fetchPage)) {
    yield* rows;
  }
}

/**
 * The pages of a list, each as its rows, fetched as they are asked for. A page
 * may be empty and still have a `next`. Rows may repeat when the list changes
 * meanwhile.
 * https://developer.atlassian.com/cloud/bitbucket/rest/intro/#pagination
 *
 * @throws UnexpectedResponseError for a `next` on another origin, before
 * anything is sent there, and for pages without end
 */
export async function* paginatePages<T>(
  firstUrl: string,
  fetchPage: (url: string) => Promise<Page<T>>,
): AsyncGenerator<T[]> {
  const visited = new Set<string>();
  let url: string | undefined = firstUrl;

  while (url) {
    visited.add(url);
    const page: Page<T> = await fetchPage(url);
    yield page.values;

    url = page.next ? nextUrl(page.next, url) : undefined;
    if (url && visited.has(url)) {
      throw refusal(
        { url: firstUrl },
        'the pages of the list lead in a circle',
      );
    }
    if (url && visited.size >= MAX_PAGES) {
      throw refusal(
        { url: firstUrl },
        `the list does not end within ${MAX_PAGES} pages`,
      );
    }
  }
}

function nextUrl(next: string, from: string): string {
  if (!URL.canParse(next, from)) {
    throw refusal({ url: from }, 'the link to the next page is not a URL');
  }
  const target = new URL(next, from);
  if (target.origin !== new URL(from).origin) {
    throw refusal(
      { url: from },
      `the link to the next page leads to another origin, ${target.origin}, which is not followed`,
    );
  }
  return target.href;
}

/** Redirects to follow for one request. A renamed repository needs one. */
const MAX_REDIRECTS = 5;

/**
 * Follows the redirects of GET requests within their origin, credentials and
 * all; Bitbucket answers so for renamed repositories. A redirect to another
 * origin is refused before anything is sent there. Every hop counts as a
 * request.
 *
 * Requests that change something are followed where they ask for it, with their method
 * and body, also after a 301 and 302: what has only another address has not been done
 * yet. A 303 says that it has, and is not followed.
 *
 * @param root - what the URLs of all answers begin with: a redirect that leaves it leads
 * to a page for people, such as the form of a login. Default: the origin
 * @throws UnexpectedResponseError for another origin, what is not below the root, a
 * circle, or too many hops
 */
export function withRedirects(send: Send, root = ''): Send {
  return async request => {
    const visited = new Set<string>();
    let { url } = request;

    for (;;) {
      visited.add(url);
      const response = await send({ ...request, url });
      const target = redirectTarget(request, response, url);
      if (!target) {
        return response;
      }
      if (!target.startsWith(root)) {
        throw refusal(
          { ...request, status: response.status },
          `redirects to ${displayUrl(target)}, which is not part of the API and not followed`,
        );
      }
      if (visited.has(target)) {
        throw refusal(
          { ...request, status: response.status },
          'redirects in a circle',
        );
      }
      if (visited.size > MAX_REDIRECTS) {
        throw refusal(
          { ...request, status: response.status },
          `more than ${MAX_REDIRECTS} redirects`,
        );
      }
      url = target;
    }
  };
}

const REDIRECT_STATUSES = [301, 302, 303, 307, 308];

function redirectTarget(
  request: HttpRequest,
  response: HttpResponse,
  from: string,
): string | undefined {
  const location = response.headers.get('Location');
  const isFollowed =
    request.method === 'GET' ||
    (request.followsRedirects && response.status !== 303);
  if (
    !isFollowed ||
    !REDIRECT_STATUSES.includes(response.status) ||
    !location
  ) {
    return undefined;
  }
  if (!URL.canParse(location, from)) {
    throw refusal(
      { ...request, status: response.status },
      'redirects to something that is not a URL',
    );
  }
  const target = new URL(location, from);
  if (target.origin !== new URL(from).origin) {
    throw refusal(
      { ...request, status: response.status },
      `redirects to another origin, ${target.origin}, which is not followed${
        isFileRequest(from) ? '; is the file stored in Git LFS?' : ''
      }`,
    );
  }
  return target.href;
}

// Files in Git LFS are served by a media host:
// https://developer.atlassian.com/cloud/bitbucket/rest/api-group-source/#api-repositories-workspace-repo-slug-src-commit-path-get
const isFileRequest = (url: string) => url.includes('/src/');

function refusal(
  request: { method?: string; url: string; status?: number },
  problem: string,
): UnexpectedResponseError {
  const { method = 'GET', url, status } = request;
  return new UnexpectedResponseError(problem, {
    method,
    url: displayUrl(url),
    status,
  });
}

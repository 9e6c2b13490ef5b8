import { UnexpectedResponseError } from '../scm/errors';
import { MAX_REDIRECTS } from './timing';
import { HttpRequest, HttpResponse, Send } from './transport';
import { displayUrl } from './urls';

/**
 * Follows the redirects of GET requests within their origin, credentials and
 * all; Bitbucket answers so for renamed repositories. A redirect to another
 * origin is refused before anything is sent there. Every hop counts as a
 * request.
 *
 * @throws UnexpectedResponseError for another origin, a circle, or too many hops
 */
export function withRedirects(send: Send): Send {
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
      if (visited.has(target)) {
        throw refusal(request, response, 'redirects in a circle');
      }
      if (visited.size > MAX_REDIRECTS) {
        throw refusal(
          request,
          response,
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
  if (
    request.method !== 'GET' ||
    !REDIRECT_STATUSES.includes(response.status) ||
    !location
  ) {
    return undefined;
  }
  if (!URL.canParse(location, from)) {
    throw refusal(
      request,
      response,
      'redirects to something that is not a URL',
    );
  }
  const target = new URL(location, from);
  if (target.origin !== new URL(from).origin) {
    throw refusal(
      request,
      response,
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
  { method, url }: HttpRequest,
  { status }: HttpResponse,
  problem: string,
): UnexpectedResponseError {
  return new UnexpectedResponseError(problem, {
    method,
    url: displayUrl(url),
    status,
  });
}

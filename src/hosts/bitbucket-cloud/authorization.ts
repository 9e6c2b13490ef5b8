import { LoggerService } from '@backstage/backend-plugin-api';
import { validateHeaderValue } from 'node:http';
import { retry, Timing } from '../../http/retry';
import { HttpRequest, Send } from '../../http/transport';
import { displayUrl } from '../../http/urls';
import {
  isBitbucketError,
  isForbiddenError,
  isUnauthorizedError,
  UnauthorizedError,
  UnavailableError,
} from '../../scm/errors';
import { CallApi } from './apiCall';
import {
  Credential,
  CredentialError,
  PostForm,
} from './credentials/credential';

/**
 * Signs requests. After a 401 the credential may have a new header, as OAuth
 * has; then the request is sent once more. So it is after a 403 that names a
 * missing scope: an OAuth token has the scopes of the time when it was given.
 *
 * A request to an origin that is not trusted goes unsigned.
 *
 * @throws UnauthorizedError or UnavailableError, with the diagnosis, when the
 * credential has no header to give
 */
export function withAuthorization(
  callApi: CallApi,
  credential: Credential,
  trustedOrigins: ReadonlySet<string>,
): CallApi {
  async function sign(request: HttpRequest): Promise<HttpRequest> {
    if (!trustedOrigins.has(new URL(request.url).origin)) {
      return request;
    }
    const Authorization =
      request.token === undefined
        ? await authorizationFor(request, credential)
        : `Bearer ${request.token}`;
    if (Authorization === undefined) {
      return request;
    }
    checkHeader(request, Authorization);
    return { ...request, headers: { ...request.headers, Authorization } };
  }

  return async call => {
    const request = await sign(call.request);
    try {
      return await callApi({ ...call, request });
    } catch (error) {
      if (
        !mayPassWithNewToken(error) ||
        request.token !== undefined ||
        !credential.refused(request.headers?.Authorization)
      ) {
        throw error;
      }
    }
    return callApi({ ...call, request: await sign(call.request) });
  };
}

function mayPassWithNewToken(error: unknown): boolean {
  return (
    isUnauthorizedError(error) ||
    (isForbiddenError(error) && error.required.length > 0)
  );
}

async function authorizationFor(
  { method, url, signal }: HttpRequest,
  credential: Credential,
): Promise<string | undefined> {
  try {
    return await credential.authorization(signal);
  } catch (error) {
    if (!(error instanceof CredentialError)) {
      throw error;
    }
    // The token endpoint was out of reach: that error says most.
    if (isBitbucketError(error.cause)) {
      throw error.cause;
    }
    const Failure = error.retryable ? UnavailableError : UnauthorizedError;
    throw new Failure(error.message, {
      method,
      url: displayUrl(url),
      status: error.status,
      cause: error,
    });
  }
}

// Otherwise the HTTP library would complain, and show the header.
function checkHeader({ method, url }: HttpRequest, authorization: string) {
  try {
    validateHeaderValue('Authorization', authorization);
  } catch {
    throw new UnauthorizedError(
      'the credential holds a character that cannot be sent; create a new one or copy it again',
      { method, url: displayUrl(url) },
    );
  }
}

/**
 * Sends the forms that OAuth asks for, with the time limits, retries and pauses
 * of every other request. They belong to no piece of work, so no meter counts
 * them.
 *
 * Resolves with whatever Bitbucket decides (2xx to 4xx); throws what keeps it
 * from deciding: UnavailableError, RateLimitedError.
 */
export function createPostForm(
  send: Send,
  options: { timing: Timing; logger: LoggerService },
): PostForm {
  return (url, { headers, body, signal }) => {
    const request: HttpRequest = { method: 'POST', url, headers, body, signal };
    return retry(
      async () => {
        const { status, body: answer } = await send(request);
        if (status >= 500) {
          const { method } = request;
          throw new UnavailableError(`answered ${status}`, {
            method,
            url,
            status,
          });
        }
        return { status, body: answer.toString('utf8') };
      },
      { ...options, signal },
    );
  };
}

import { validateHeaderValue } from 'node:http';
import { Credential, CredentialError } from '../credentials';
import { Ask } from './ask';
import {
  isBitbucketError,
  isForbiddenError,
  isUnauthorizedError,
  UnauthorizedError,
  UnavailableError,
} from './errors';
import { HttpRequest } from './transport';
import { displayUrl } from './urls';

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
  ask: Ask,
  credential: Credential,
  trustedOrigins: ReadonlySet<string>,
): Ask {
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

  return async question => {
    const request = await sign(question.request);
    try {
      return await ask({ ...question, request });
    } catch (error) {
      if (
        !mayPassWithNewToken(error) ||
        request.token !== undefined ||
        !credential.refused(request.headers?.Authorization)
      ) {
        throw error;
      }
    }
    return ask({ ...question, request: await sign(question.request) });
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
      'the credential holds a character that cannot be sent; create it anew or copy it again',
      { method, url: displayUrl(url) },
    );
  }
}

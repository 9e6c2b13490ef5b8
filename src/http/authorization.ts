import { validateHeaderValue } from 'node:http';
import {
  isBitbucketError,
  isForbiddenError,
  isUnauthorizedError,
  UnauthorizedError,
  UnavailableError,
} from '../scm/errors';
import { CallApi } from './callApi';
import { HttpRequest } from './transport';
import { displayUrl } from './urls';

/**
 * An OAuth token could not be obtained. The message says why, and what a person can do
 * about it; it holds no secret.
 */
export class CredentialError extends Error {
  readonly name = 'CredentialError';
  /** Status of the token endpoint's answer, if there was one. */
  readonly status?: number;
  /** Whether the same request may succeed later, with nothing changed. */
  readonly retryable: boolean;

  constructor(
    message: string,
    details: { status?: number; retryable: boolean; cause?: unknown },
  ) {
    super(message, { cause: details.cause });
    this.status = details.status;
    this.retryable = details.retryable;
  }
}

/** Gives the `Authorization` header of each request. */
export interface Credential<Kind extends string = string> {
  /** How requests are signed. */
  readonly kind: Kind;

  /** The credential in words, for logs and errors: `API token of jane@example.com`. Holds no secret. */
  readonly label: string;

  /**
   * The header's value, or undefined for anonymous requests.
   *
   * @throws CredentialError when an OAuth token cannot be obtained
   */
  authorization(signal?: AbortSignal): Promise<string | undefined>;

  /**
   * Called after a 401, or a 403 that names a missing scope, in answer to
   * `authorization`.
   *
   * @returns true when the next call of {@link Credential.authorization} gives a
   * new value, so that the request is worth sending once more
   */
  refused(authorization: string | undefined): boolean;
}

/** A credential that is the same for every request. */
export class StaticCredential<Kind extends string> implements Credential<Kind> {
  readonly kind: Kind;
  readonly label: string;
  // Private to the language, so that no inspection or serialization shows it.
  readonly #authorization: string | undefined;

  constructor(kind: Kind, label: string, authorization: string | undefined) {
    this.kind = kind;
    this.label = label;
    this.#authorization = authorization;
  }

  async authorization(): Promise<string | undefined> {
    return this.#authorization;
  }

  refused(): boolean {
    return false;
  }
}

/** The header of HTTP's Basic scheme, in UTF-8: https://www.rfc-editor.org/rfc/rfc7617 */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

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
export function withAuthorization<Hints>(
  callApi: CallApi<Hints>,
  credential: Credential,
  trustedOrigins: ReadonlySet<string>,
): CallApi<Hints> {
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

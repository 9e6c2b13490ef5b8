import { CredentialConfig } from '../../../config/types';
import { PullRequestTask } from './pullRequestScopes';

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

/** How requests are signed. */
export type CredentialKind = CredentialConfig['kind'];

/** Gives the `Authorization` header of each request. */
export interface Credential {
  readonly kind: CredentialKind;

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

/** What Bitbucket answered when it refused a request. */
export type Refusal = {
  status: number;
  /** Bitbucket's own message, if there was one. */
  message?: string;
  /** Scopes that the endpoint asks for (403). */
  required?: string[];
  /** Scopes that the credential has (403). */
  granted?: string[];
  /** What was to be done with a pull request. */
  task?: PullRequestTask;
};

/**
 * Sends a form to the OAuth endpoint and returns status and body. Time limits
 * and retries are the sender's affair; a network fault rejects.
 */
export type PostForm = (
  url: string,
  form: { headers: Record<string, string>; body: string; signal?: AbortSignal },
) => Promise<{ status: number; body: string }>;

/** A credential that is the same for every request. */
export class StaticCredential implements Credential {
  readonly kind: CredentialKind;
  readonly label: string;
  // Private to the language, so that no inspection or serialization shows it.
  readonly #authorization: string | undefined;

  constructor(
    kind: CredentialKind,
    label: string,
    authorization: string | undefined,
  ) {
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

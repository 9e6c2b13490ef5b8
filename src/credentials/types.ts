import { CredentialConfig } from '../config';

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
   * @throws CredentialError when an OAuth token cannot be had
   */
  authorization(signal?: AbortSignal): Promise<string | undefined>;

  /**
   * Told of a 401, or a 403 that names a missing scope, that answered
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
};

/**
 * Sends a form to the OAuth endpoint and returns status and body. Time limits
 * and retries are the sender's affair; a network fault rejects.
 */
export type PostForm = (
  url: string,
  form: { headers: Record<string, string>; body: string; signal?: AbortSignal },
) => Promise<{ status: number; body: string }>;

/**
 * An OAuth token cannot be had. The message says why, and what a person can do
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

/** What is known of a failed request. */
export type BitbucketErrorDetails = {
  method: string;
  /** Without user information and without query parameters that could be secret. */
  url: string;
  /** Absent where no answer arrived. */
  status?: number;
  /** Bitbucket's own words: one line, at most 300 characters. */
  bitbucketMessage?: string;
  cause?: unknown;
};

/**
 * A request to a host that failed. The subclasses are the failures a
 * caller can act on.
 *
 * Neither the message nor any property holds a secret or a request header.
 */
export abstract class BitbucketError extends Error {
  abstract readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly status?: number;
  readonly bitbucketMessage?: string;

  /**
   * @param problem - what went wrong, to follow "GET https://…: "
   */
  constructor(problem: string, details: BitbucketErrorDetails) {
    const { method, url, status, bitbucketMessage, cause } = details;
    super(
      `${method} ${url}: ${problem}${
        bitbucketMessage ? ` (Bitbucket says: ${bitbucketMessage})` : ''
      }`,
      cause === undefined ? undefined : { cause },
    );
    this.method = method;
    this.url = url;
    this.status = status;
    this.bitbucketMessage = bitbucketMessage;
  }
}

/** 401, or an OAuth token that Bitbucket would not give. The message holds the diagnosis. */
export class UnauthorizedError extends BitbucketError {
  readonly name = 'UnauthorizedError';
}

/** 403. The message holds the diagnosis. */
export class ForbiddenError extends BitbucketError {
  readonly name = 'ForbiddenError';
  /** Scopes that the request needs; empty unless a scope is what is missing. */
  readonly required: readonly string[];
  /** Scopes that the credential has; empty unless a scope is what is missing. */
  readonly granted: readonly string[];

  constructor(
    problem: string,
    details: BitbucketErrorDetails & {
      required?: string[];
      granted?: string[];
    },
  ) {
    super(problem, details);
    this.required = details.required ?? [];
    this.granted = details.granted ?? [];
  }
}

/**
 * What a {@link NotFoundError} found missing. `repository` means absent or not
 * visible to the credential: Bitbucket does not tell which. `unknown` proves
 * nothing.
 */
export type Missing = 'repository' | 'workspace' | 'ref' | 'path' | 'unknown';

/** 404 or 410. */
export class NotFoundError extends BitbucketError {
  readonly name = 'NotFoundError';
  readonly missing: Missing;

  constructor(
    problem: string,
    details: BitbucketErrorDetails & { missing: Missing },
  ) {
    super(problem, details);
    this.missing = details.missing;
  }
}

/**
 * No request may be sent until {@link RateLimitedError.retryAt}. Bitbucket asked
 * to be left alone, with a 429 or a 503 that names a time too far away to wait
 * for; or, without a `status`, the budget of the hour is used up. Thrown without
 * sending anything while that time has not come.
 */
export class RateLimitedError extends BitbucketError {
  readonly name = 'RateLimitedError';
  readonly retryAt: Date;

  constructor(
    problem: string,
    details: BitbucketErrorDetails & { retryAt: Date },
  ) {
    super(problem, details);
    this.retryAt = details.retryAt;
  }
}

/** No usable answer after all attempts: a network fault, a time limit, a body cut short, or a 5xx. */
export class UnavailableError extends BitbucketError {
  readonly name: string = 'UnavailableError';
}

/**
 * The host gave up on a request that takes it too long, such as a listing of too many
 * levels. It is not retried, since only a smaller request helps.
 */
export class TooMuchError extends UnavailableError {
  readonly name = 'TooMuchError';
}

/**
 * An answer that makes no sense here: not JSON, not of the expected shape (the
 * message names the field), leading to another origin, a loop of pages, or a
 * status without a class of its own.
 */
export class UnexpectedResponseError extends BitbucketError {
  readonly name: string = 'UnexpectedResponseError';
}

/**
 * A repository was asked for by the name that it had last, for a host that cannot be
 * asked by id, and the name belongs to another one by now.
 */
export class NameTakenError extends UnexpectedResponseError {
  readonly name = 'NameTakenError';
}

/** Nothing in the repository may be read, for legal or commercial reasons (402, 451). */
export class BlockedError extends UnexpectedResponseError {
  readonly name = 'BlockedError';
}

/** What was posted has a link that the host does not take; without it, the same may be taken. */
export class RefusedLinkError extends UnexpectedResponseError {
  readonly name = 'RefusedLinkError';
}

/** A body that was broken off, since it is larger than may be read into memory. */
export class BodyTooLargeError extends BitbucketError {
  readonly name = 'BodyTooLargeError';
}

/** Whether the error is a {@link BitbucketError} of any kind. */
export const isBitbucketError = (error: unknown): error is BitbucketError =>
  error instanceof BitbucketError;

/** Whether the error is an {@link UnauthorizedError}. */
export const isUnauthorizedError = (
  error: unknown,
): error is UnauthorizedError => error instanceof UnauthorizedError;

/** Whether the error is a {@link ForbiddenError}. */
export const isForbiddenError = (error: unknown): error is ForbiddenError =>
  error instanceof ForbiddenError;

/** Whether the error is a {@link NotFoundError}. */
export const isNotFoundError = (error: unknown): error is NotFoundError =>
  error instanceof NotFoundError;

/** Whether the error is a {@link RateLimitedError}. */
export const isRateLimitedError = (error: unknown): error is RateLimitedError =>
  error instanceof RateLimitedError;

/** Whether the error is an {@link UnavailableError}. */
export const isUnavailableError = (error: unknown): error is UnavailableError =>
  error instanceof UnavailableError;

/** Whether the error is an {@link UnexpectedResponseError}. */
export const isUnexpectedResponseError = (
  error: unknown,
): error is UnexpectedResponseError => error instanceof UnexpectedResponseError;

/** Whether the error is a {@link NameTakenError}. */
export const isNameTakenError = (error: unknown): error is NameTakenError =>
  error instanceof NameTakenError;

/** Whether the error is a {@link RefusedLinkError}. */
export const isRefusedLinkError = (error: unknown): error is RefusedLinkError =>
  error instanceof RefusedLinkError;

/** Whether the error is a {@link BodyTooLargeError}. */
export const isBodyTooLargeError = (
  error: unknown,
): error is BodyTooLargeError => error instanceof BodyTooLargeError;

/** Whether the error is a {@link TooMuchError}. */
export const isTooMuchError = (error: unknown): error is TooMuchError =>
  error instanceof TooMuchError;

/** Whether the error is a {@link BlockedError}. */
export const isBlockedError = (error: unknown): error is BlockedError =>
  error instanceof BlockedError;

/** @returns undefined where the host says that there is no such ref or commit */
export async function unlessRefMissing<T>(
  ask: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isNotFoundError(error) && error.missing === 'ref') {
      return undefined;
    }
    throw error;
  }
}

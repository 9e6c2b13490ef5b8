/** An answer that is not a success, as Bitbucket Data Center words it. */
export class ApiError extends Error {
  override name = 'ApiError';

  constructor(
    readonly status: number,
    message: string,
    /** In full; some failures have none. */
    readonly exceptionName: string | null = null,
    readonly extra: {
      /** Which field of the request is wrong. */
      context?: string;
      headers?: Record<string, string>;
    } = {},
  ) {
    super(message);
  }

  get body() {
    const { message, exceptionName } = this;
    const context = this.extra.context ?? null;
    return { errors: [{ context, message, exceptionName }] };
  }
}

/** The old address of a repository or project that is elsewhere now. */
export class Moved extends Error {
  override name = 'Moved';

  constructor(
    /** Path from `/projects` on, as far as the address goes. */
    readonly to: string,
  ) {
    super(`It is at ${to}`);
  }
}

/** An answer without a body. */
export class EmptyError extends Error {
  override name = 'EmptyError';

  constructor(readonly status: number) {
    super(String(status));
  }
}

const BITBUCKET = 'com.atlassian.bitbucket';

export const badCredentials = () =>
  new ApiError(
    401,
    'Authentication failed. Please check your credentials and try again.',
    `${BITBUCKET}.auth.IncorrectPasswordAuthenticationException`,
  );

export const noLicence = () =>
  new ApiError(
    401,
    'You are not currently licensed to use Bitbucket.\nPlease contact your administrator to resolve this issue.',
    `${BITBUCKET}.auth.NoAccessAuthenticationException`,
  );

const NOT_PERMITTED = 'You are not permitted to access this resource';

export const authenticationRequired = () =>
  new ApiError(
    401,
    NOT_PERMITTED,
    'com.atlassian.plugins.rest.api.security.exception.AuthenticationRequiredException',
  );

/** A valid credential without the permission. */
export const notPermitted = () =>
  new ApiError(401, NOT_PERMITTED, `${BITBUCKET}.AuthorisationException`);

export const unknownProject = (key: string) =>
  new ApiError(
    404,
    `Project ${key} does not exist.`,
    `${BITBUCKET}.project.NoSuchProjectException`,
  );

export const unknownRepository = (key: string, slug: string) =>
  new ApiError(
    404,
    `Repository ${key}/${slug} does not exist.`,
    `${BITBUCKET}.repository.NoSuchRepositoryException`,
  );

export const unknownCommit = (revision: string, slug: string) =>
  new ApiError(
    404,
    `Commit '${revision}' does not exist in repository '${slug}'.`,
    `${BITBUCKET}.commit.NoSuchCommitException`,
  );

/** The name of the exception is from memory. */
export const noDefaultBranch = (slug: string) =>
  new ApiError(
    404,
    `Repository '${slug}' has no default branch.`,
    `${BITBUCKET}.repository.NoDefaultBranchException`,
  );

export const unknownPath = (path: string, revision: string) =>
  new ApiError(
    404,
    `The path "${path}" does not exist at revision "${revision}"`,
    `${BITBUCKET}.content.NoSuchPathException`,
  );

export const unknownPullRequest = (id: string, fullName: string) =>
  new ApiError(
    404,
    `Pull request ${id} does not exist in ${fullName}.`,
    `${BITBUCKET}.pull.NoSuchPullRequestException`,
  );

export const unknownComment = (id: string) =>
  new ApiError(
    404,
    `Comment ${id} does not exist.`,
    `${BITBUCKET}.comment.NoSuchCommentException`,
  );

/** For a tag, a route, a build status: what is not found without an exception's name. */
export const notFound = (message = 'The requested resource was not found.') =>
  new ApiError(404, message);

export const badRequest = (message: string, context?: string) =>
  new ApiError(
    400,
    message,
    `${BITBUCKET}.validation.ArgumentValidationException`,
    { context },
  );

/** The name of the exception is a guess. */
export const archived = (fullName: string) =>
  new ApiError(
    409,
    `${fullName} is archived and cannot be changed.`,
    `${BITBUCKET}.repository.RepositoryArchivedException`,
  );

export const outOfDate = (what: 'comment' | 'pull request') =>
  new ApiError(
    409,
    `You are attempting to modify a ${what} based on out-of-date information.`,
    what === 'comment'
      ? `${BITBUCKET}.comment.CommentOutOfDateException`
      : `${BITBUCKET}.pull.PullRequestOutOfDateException`,
  );

export const mirroringUnavailable = () =>
  new ApiError(409, 'Mirroring is not available on this instance.');

export const rateLimited = (headers: Record<string, string>) =>
  new ApiError(429, 'Rate limit exceeded. Try again later.', null, {
    headers,
  });

/** The name of the exception is from memory. */
export const serverBusy = () =>
  new ApiError(
    503,
    'The server is currently under heavy load and cannot service your request. Please try again later.',
    `${BITBUCKET}.throttle.ResourceBusyException`,
  );

/** An answer that is not a success, as Bitbucket words it. */
export class ApiError extends Error {
  override name = 'ApiError';

  constructor(
    readonly status: number,
    message: string,
    readonly extra: {
      detail?: unknown;
      /** What is wrong with each field of the request. */
      fields?: unknown;
      data?: Record<string, unknown>;
      headers?: Record<string, string>;
    } = {},
  ) {
    super(message);
  }

  /** Bitbucket repeats `data` beside `error`. */
  get body(): Record<string, unknown> {
    const { detail, fields, data } = this.extra;
    return {
      type: 'error',
      error: {
        message: this.message,
        ...(detail === undefined ? {} : { detail }),
        ...(fields === undefined ? {} : { fields }),
        ...(data === undefined ? {} : { data }),
      },
      ...(data === undefined ? {} : { data }),
    };
  }
}

/**
 * A bad request as Code Insights answers it: in another shape, without `error`,
 * as seen live by a SonarQube plugin (mc1arke/sonarqube-community-branch-plugin#209).
 */
export class InsightsError extends ApiError {
  override name = 'InsightsError';

  constructor(message: string) {
    super(400, message);
  }

  override get body(): Record<string, unknown> {
    return { code: this.status, message: this.message };
  }
}

/** An answer that carries text instead of JSON, or nothing at all. */
export class PlainError extends Error {
  override name = 'PlainError';

  constructor(
    readonly status: number,
    readonly text: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(text);
  }
}

export const badBasicCredentials = () =>
  new PlainError(401, '', {
    'WWW-Authenticate': 'Basic realm="Bitbucket.org HTTP"',
  });

export const badBearerToken = () =>
  new ApiError(
    401,
    'Token is invalid, expired, or not supported for this endpoint.',
  );

export const authenticationRequired = () =>
  new ApiError(401, 'Authentication required', {
    headers: { 'WWW-Authenticate': 'Basic realm="Bitbucket.org HTTP"' },
  });

export const missingScope = (granted: readonly string[], required: string) =>
  new ApiError(
    403,
    'Your credentials lack one or more required privilege scopes.',
    { detail: { granted, required: [required] } },
  );

export const forbiddenWorkspace = () =>
  new ApiError(403, 'You do not have access to view this workspace.');

export const notAdministrator = () =>
  new ApiError(403, 'You do not have permission to administer this workspace.');

export const unknownWorkspace = (identifier: string) =>
  new ApiError(404, `No workspace with identifier '${identifier}'.`);

export const unknownRepository = () =>
  new ApiError(
    404,
    'You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.',
  );

export const unknownProject = (key: string) =>
  new ApiError(404, `No project with key '${key}'.`);

export const unknownHook = (uid: string) =>
  new ApiError(404, `No webhook with uuid '${uid}'.`);

export const unknownBranch = (name: string) =>
  new ApiError(404, `Branch "${name}" does not exist.`);

export const unknownCommit = (revision: string) =>
  new ApiError(404, 'Commit not found', { data: { shas: [revision] } });

export const unknownPullRequest = (id: string) =>
  new ApiError(404, `No pull request with id '${id}'.`);

export const unknownComment = (id: string) =>
  new ApiError(404, `No comment with id '${id}'.`);

export const unknownReport = (id: string) =>
  new ApiError(404, `No report with id '${id}'.`);

export const unknownBuildStatus = (key: string) =>
  new ApiError(404, `No build status with key '${key}'.`);

export const unknownPath = (path: string) =>
  new ApiError(404, `No such file or directory: ${path}`);

export const unknownUrl = () =>
  new ApiError(404, 'Resource not found', {
    detail:
      "There is no API hosted at this URL.\n\nFor information about our API's, please refer to the documentation at: https://developer.atlassian.com/bitbucket/api/2/reference/",
  });

export const badRequest = (message: string) => new ApiError(400, message);

export const invalidFields = (fields: unknown) =>
  new ApiError(400, 'Bad request', { fields });

/**
 * What is wrong with a form; the message repeats the first fault, as seen live
 * by buildbot (buildbot/buildbot#7049).
 */
export function invalidForm(
  fields: Partial<Record<string, string[]>>,
): ApiError {
  const [[name, faults]] = Object.entries(fields);
  return new ApiError(400, `${name}: ${faults?.[0]}`, { fields });
}

/** @see https://developer.atlassian.com/cloud/bitbucket/changelog/#CHANGE-2770 */
export const removedEndpoint = () =>
  new ApiError(
    410,
    'CHANGE-2770 - Functionality has been removed. See https://developer.atlassian.com/cloud/bitbucket/changelog/#CHANGE-2770',
  );

export const retiredCodeSearch = () =>
  new ApiError(410, 'The code search API has been retired.');

import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { CallApi as CallAnyApi, getJson } from '../../http/callApi';
import { paginate } from '../../http/links';
import { ErrorBody, readErrorBody } from '../../http/responseBody';
import { BadRows } from '../../http/rows';
import { HttpRequest, HttpResponse } from '../../http/transport';
import { displayUrl } from '../../http/urls';
import {
  BlockedError,
  ForbiddenError,
  Missing,
  NotFoundError,
  RefusedLinkError,
  TooMuchError,
  UnauthorizedError,
  UnavailableError,
  UnexpectedResponseError,
} from '../../scm/errors';
import { RequestContext } from '../../scm/types';
import { Refusal } from './credentials/explainRefusal';
import { PullRequestTask } from './credentials/pullRequestScopes';
import { MAX_PATHS_LENGTH } from './limits';
import { lenientPageOf, pageOf } from './schemas';

/**
 * Tells from Bitbucket's words what a 404 or 410 is about. The status alone does
 * not: `/src` answers 404 for a path, a commit, a repository and a workspace.
 *
 * What is not recognised proves nothing.
 */
export function whatIsMissing(status: number, body: ErrorBody): Missing {
  const { message = '', namesCommits, isBitbucketError } = body;
  if (!isBitbucketError) {
    return 'unknown';
  }
  if (status === 410) {
    // A removed endpoint ("CHANGE-2770 …") is our mistake; otherwise a 410 is a
    // workspace that Atlassian has closed as spam.
    // https://developer.atlassian.com/cloud/bitbucket/changelog/#CHANGE-2770
    return /\bCHANGE-\d+/.test(message) ? 'unknown' : 'workspace';
  }
  return (
    MESSAGES.find(([pattern]) => pattern.test(message))?.[1] ??
    (namesCommits ? 'ref' : 'unknown')
  );
}

const MESSAGES: [RegExp, Missing][] = [
  [/^You may not have access to this repository/i, 'repository'],
  [/^Repository \S+ not found/i, 'repository'],
  [/^No workspace with identifier/i, 'workspace'],
  [/^No such file or directory/i, 'path'],
  [/^Commit not found/i, 'ref'],
  [/^(?:Branch|Tag|Ref|Reference) \S+ (?:does not exist|not found)/i, 'ref'],
  // The URL itself is wrong, or something between rewrites it.
  [/\bno API hosted at this URL/i, 'unknown'],
];

/** A link that Bitbucket does not take, of a report or of a build status. */
const REFUSED_LINK = /\bvalid URL\b/i;

/** What the caller of a request knows about its answers. */
export type AnswerHints = {
  /** A status other than 200 that means success: something was created, or there is no body. */
  alsoGood: 201 | 204;
  /** What the request does with a pull request. */
  task: PullRequestTask;
};

/**
 * Lets a good answer pass, which is a 200, or another one that the call names.
 * Nothing that is asked here is answered well by any other 2xx: 204 for a file would
 * empty it. Nor is there a 304, since
 * Bitbucket counts one like any other answer and no request is conditional.
 *
 * @param explain - diagnoses a 401 or 403 for a person
 * @throws the error class that fits any other status
 */
export function checkStatus(
  request: HttpRequest,
  response: HttpResponse,
  { alsoGood, task }: Partial<AnswerHints>,
  explain: (refusal: Refusal) => string,
): void {
  const { status } = response;
  if (status === 200 || status === alsoGood) {
    return;
  }

  const body = readErrorBody(response.body, request);
  const { message, required, granted } = body;
  const details = {
    method: request.method,
    url: displayUrl(request.url),
    status,
    bitbucketMessage: message,
  };
  const answered = `answered ${status} ${STATUS_CODES[status] ?? ''}`.trim();

  if (status === 401) {
    throw new UnauthorizedError(
      `${answered}. ${explain({ status, message })}`,
      details,
    );
  }
  if (status === 403) {
    throw new ForbiddenError(
      `${answered}. ${explain({ status, message, required, granted, task })}`,
      { ...details, required, granted },
    );
  }
  if (status === 404 || status === 410) {
    const missing = whatIsMissing(status, body);
    throw new NotFoundError(answered, { ...details, missing });
  }
  if (status === 555) {
    throw new TooMuchError(
      `${answered}: the listing takes Bitbucket too long; ask for fewer levels`,
      details,
    );
  }
  if (status >= 500) {
    throw new UnavailableError(answered, details);
  }
  if (status === 402 || status === 451) {
    throw new BlockedError(answered, details);
  }
  if (status === 400 && REFUSED_LINK.test(message ?? '')) {
    throw new RefusedLinkError(answered, details);
  }
  throw new UnexpectedResponseError(answered, details);
}

/** Calls of Bitbucket Cloud's API; see {@link checkStatus}. */
export type CallApi = CallAnyApi<AnswerHints>;

/**
 * The URL of a comparison, limited to some paths.
 *
 * @returns undefined where there are no paths to limit it to, or too many for a URL
 */
export function withPaths(
  url: string,
  paths: readonly string[] = [],
): string | undefined {
  const limited = new URL(url);
  paths.forEach(path => limited.searchParams.append('path', path));
  const added = limited.href.length - new URL(url).href.length;
  return paths.length > 0 && added <= MAX_PATHS_LENGTH
    ? limited.href
    : undefined;
}

/** Asks for the rows of a list, page by page. One that is not of the expected shape fails it. */
export function listJson<T>(
  callApi: CallApi,
  url: string,
  row: z.ZodType<T>,
  context?: RequestContext,
): AsyncIterable<T> {
  const page = pageOf(row);
  return paginate(url, pageUrl => getJson(callApi, pageUrl, page, context));
}

/** The good rows of each page of a list; see {@link BadRows.pages}. */
export function listGoodRows<T>(
  { callApi, badRows }: { callApi: CallApi; badRows: BadRows },
  url: string,
  row: z.ZodType<T>,
  strict: boolean,
  context?: RequestContext,
): AsyncIterable<T[]> {
  const page = lenientPageOf(row);
  return badRows.pages(
    url,
    pageUrl => getJson(callApi, pageUrl, page, context),
    strict,
  );
}

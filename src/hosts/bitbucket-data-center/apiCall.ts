import { LoggerService } from '@backstage/backend-plugin-api';
import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { CallApi as CallAnyApi, getJson } from '../../http/callApi';
import { paginatePages } from '../../http/links';
import { readErrorBody } from '../../http/responseBody';
import { BadRows, LenientRows, lenientRows } from '../../http/rows';
import { HttpRequest, HttpResponse } from '../../http/transport';
import { displayUrl, encodeSegment, withQuery } from '../../http/urls';
import {
  ForbiddenError,
  Missing,
  NotFoundError,
  RefusedLinkError,
  UnauthorizedError,
  UnavailableError,
  UnexpectedResponseError,
} from '../../scm/errors';
import { InRepository, RequestContext } from '../../scm/types';
import { NOT_PERMITTED, Refusal, Task } from './explainRefusal';
import { toPlace } from './names';

/** What the caller of a request knows about its answers. */
export type AnswerHints = {
  /** A status other than 200 that means success: something was created, or there is no body. */
  alsoGood: 201 | 204;
  /** What the request does, if it needs more than the permission to read. */
  task: Task;
};

/** Calls of an instance's API; see {@link checkStatus}. */
export type CallApi = CallAnyApi<AnswerHints>;

/** An instance, as all that sends requests to it needs it. */
export type DataCenterApi = {
  callApi: CallApi;
  /** Such as `git.example.com`; what the full names of its repositories begin with. */
  host: string;
  /** Root of the instance, without a trailing slash: `https://git.example.com/bitbucket`. */
  baseUrl: string;
  logger: LoggerService;
  badRows: BadRows;
};

/**
 * The address of a repository in one of the REST APIs.
 *
 * @param root - `api`, or that of another API, such as `insights`
 * @throws InputError for a name that cannot be part of a URL
 */
export function repositoryUrl(
  { baseUrl }: Pick<DataCenterApi, 'baseUrl'>,
  repository: InRepository,
  root = 'api',
): string {
  const { projectKey, slug } = toPlace(repository);
  return `${baseUrl}/rest/${root}/latest/projects/${encodeSegment(
    projectKey,
  )}/repos/${encodeSegment(slug)}`;
}

/** What an exception says to be missing. Any other proves nothing. */
const MISSING = new Map<string, Missing>([
  ['NoSuchProjectException', 'repository'],
  ['NoSuchRepositoryException', 'repository'],
  ['NoSuchCommitException', 'ref'],
  ['NoSuchBranchException', 'ref'],
  ['NoSuchTagException', 'ref'],
  ['NoSuchRefException', 'ref'],
  ['NoDefaultBranchException', 'ref'],
  ['NoSuchPathException', 'path'],
]);

/**
 * Tells from the name of Bitbucket's exception what a 404 is about. The page of a
 * gateway, or of a route that does not exist, has none.
 */
export function whatIsMissing(exception: string | undefined): Missing {
  return MISSING.get(exception ?? '') ?? 'unknown';
}

/** `NoSuchPathException` of `com.atlassian.bitbucket.content.NoSuchPathException`. */
export function exceptionOf(exceptionName?: string): string | undefined {
  return /^com\.atlassian\.(?:\w+\.)*(\w+)$/.exec(exceptionName ?? '')?.[1];
}

/** The fields of a report or a build status that hold a link. */
const LINK_FIELD = /^(?:link|url)$/i;

/**
 * Lets a good answer pass, which is a 200, or another one that the call names: 204 for
 * a file would empty it.
 *
 * A 401 is a {@link ForbiddenError} where Bitbucket says that the credential is valid and
 * has no permission.
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
  const { message, exceptionName, context } = readErrorBody(
    response.body,
    request,
  );
  const exception = exceptionOf(exceptionName);
  const details = {
    method: request.method,
    url: displayUrl(request.url),
    status,
    bitbucketMessage: message,
  };
  const answered = describeAnswer(response);

  if (status === 401 || status === 403) {
    const isForbidden = status === 403 || exception === NOT_PERMITTED;
    const Refused = isForbidden ? ForbiddenError : UnauthorizedError;
    const why = explain({ status, exception, task });
    throw new Refused(`${answered}. ${why}`, details);
  }
  if (status === 404) {
    const missing = whatIsMissing(exception);
    throw new NotFoundError(answered, { ...details, missing });
  }
  if (status >= 500) {
    throw new UnavailableError(answered, details);
  }
  if (status === 400 && task === 'report' && LINK_FIELD.test(context ?? '')) {
    throw new RefusedLinkError(answered, details);
  }
  throw new UnexpectedResponseError(answered, details);
}

/** With the id of the request, by which an administrator finds it in the instance's log. */
function describeAnswer({ status, headers }: HttpResponse): string {
  const answered = `answered ${status} ${STATUS_CODES[status] ?? ''}`.trim();
  const id = headers.get('X-AREQUESTID') ?? '';
  return /^[\w@*.-]{1,64}$/.test(id)
    ? `${answered} to the request ${id}`
    : answered;
}

/** Where a page of a list is, and where the next one begins. */
const pageSchema = z.object({
  isLastPage: z.boolean().nullish(),
  nextPageStart: z.number().int().nonnegative().nullish(),
});

/** A page of whatever rows. */
const pageOf = <T>(row: z.ZodType<T>) =>
  pageSchema.extend({ values: z.array(row) });

/** A page of whatever rows, those that are not of the expected shape aside. */
const lenientPageOf = <T>(row: z.ZodType<T>) =>
  pageSchema.extend({ values: lenientRows(row) });

/**
 * Where the next page of a list begins, which Bitbucket alone knows: it may leave out
 * rows that the credential cannot see.
 *
 * @returns undefined after the last page
 * @throws UnexpectedResponseError where the page does not say how the list goes on, or
 * goes on where it has been
 */
export function nextStart(
  pageUrl: string,
  { isLastPage, nextPageStart }: z.infer<typeof pageSchema>,
): number | undefined {
  if (isLastPage) {
    return undefined;
  }
  const start = Number(new URL(pageUrl).searchParams.get('start') ?? 0);
  if (typeof nextPageStart !== 'number') {
    throw wrongPage(
      pageUrl,
      'says neither that it is the last nor what is next',
    );
  }
  if (nextPageStart <= start) {
    throw wrongPage(
      pageUrl,
      `begins at ${start} and the next one at ${nextPageStart}`,
    );
  }
  return nextPageStart;
}

function wrongPage(pageUrl: string, problem: string): UnexpectedResponseError {
  return new UnexpectedResponseError(`the page of the list ${problem}`, {
    method: 'GET',
    url: displayUrl(pageUrl),
  });
}

/** The address of another page of a list. */
export function atStart(url: string, start: number): string {
  const page = new URL(url);
  page.searchParams.set('start', `${start}`);
  return page.href;
}

/** One page of a list, and where the next one begins. */
export async function fetchPage<T>(
  callApi: CallApi,
  pageUrl: string,
  row: z.ZodType<T>,
  context?: RequestContext,
): Promise<{ values: LenientRows<T>; nextStart?: number }> {
  const page = await getJson(callApi, pageUrl, lenientPageOf(row), context);
  return { values: page.values, nextStart: nextStart(pageUrl, page) };
}

/**
 * The pages of a list, each as its rows. A row that is not of the expected shape fails
 * it.
 *
 * @param url - with a `limit`, since Bitbucket's default is 25
 */
function listPages<T>(
  { callApi }: Pick<DataCenterApi, 'callApi'>,
  url: string,
  row: z.ZodType<T>,
  context?: RequestContext,
): AsyncIterable<T[]> {
  const schema = pageOf(row);
  return paginatePages(url, async pageUrl => {
    const page = await getJson(callApi, pageUrl, schema, context);
    const next = nextUrl(pageUrl, nextStart(pageUrl, page));
    return { values: page.values, next };
  });
}

/** The rows of a list, one by one; as {@link listPages} in all else. */
export async function* listJson<T>(
  api: Pick<DataCenterApi, 'callApi'>,
  url: string,
  row: z.ZodType<T>,
  context?: RequestContext,
): AsyncGenerator<T> {
  for await (const rows of listPages(api, url, row, context)) {
    yield* rows;
  }
}

/**
 * The good rows of each page of a list; see {@link BadRows.pages}.
 *
 * @param url - with a `limit`, since Bitbucket's default is 25
 */
export function listGoodRows<T>(
  { callApi, badRows }: Pick<DataCenterApi, 'callApi' | 'badRows'>,
  url: string,
  row: z.ZodType<T>,
  strict: boolean,
  context?: RequestContext,
): AsyncIterable<T[]> {
  return badRows.pages(
    url,
    async pageUrl => {
      const page = await fetchPage(callApi, pageUrl, row, context);
      return { values: page.values, next: nextUrl(pageUrl, page.nextStart) };
    },
    strict,
  );
}

function nextUrl(pageUrl: string, start?: number): string | undefined {
  return start === undefined ? undefined : atStart(pageUrl, start);
}

/** The first page of a list, with as many rows as the limit allows. */
export function listUrl(
  url: string,
  limit: number,
  parameters: Record<string, string | number | undefined> = {},
): string {
  return withQuery(url, { ...parameters, limit });
}

import { LoggerService } from '@backstage/backend-plugin-api';
import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { paginate, paginatePages } from '../../http/links';
import { ErrorBody, readErrorBody, readJson } from '../../http/responseBody';
import { retry, Timing } from '../../http/retry';
import { HttpRequest, HttpResponse, Send } from '../../http/transport';
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
import { Refusal } from './credentials/credential';
import { PullRequestTask } from './credentials/pullRequestScopes';
import { BadRow, lenientPageOf, pageOf } from './schemas';

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

/** What is known beforehand about the answers to a request. */
type AnswerHints = {
  /** Diagnoses a 401 or 403 for a person. */
  explain(refusal: Refusal): string;
  /** Another status than 200 that is good: where something is made, or nothing is to be read. */
  alsoGood?: 201 | 204;
  /** What is done with a pull request. */
  task?: PullRequestTask;
};

/**
 * Lets a good answer pass, which is a 200, or another one that the call names.
 * Nothing that is asked here is answered well by any other 2xx: 204 for a file would
 * empty it. Nor is there a 304, since
 * Bitbucket counts one like any other answer and no request is conditional.
 *
 * @throws the error class that fits any other status
 */
function checkStatus(
  request: HttpRequest,
  response: HttpResponse,
  { explain, alsoGood, task }: AnswerHints,
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

/** A request, and how to read the response. */
type ApiCall<T> = {
  request: HttpRequest;
  /** Given a good response. */
  read(response: HttpResponse, request: HttpRequest): T;
  /**
   * Whether the request is sent once, since it may have succeeded although the response
   * was bad, and would then do the same a second time. Default false.
   */
  once?: boolean;
} & Omit<AnswerHints, 'explain'>;

/**
 * Sends a request until there is a good response, and reads it.
 *
 * @throws the errors of `checkStatus`, of `Send` and of the call's `read`
 */
export type CallApi = <T>(call: ApiCall<T>) => Promise<T>;

/** Checks the status of each response, reads it, and retries. */
export function createCallApi(
  send: Send,
  options: {
    timing: Timing;
    logger: LoggerService;
    explain: AnswerHints['explain'];
  },
): CallApi {
  const { timing, logger, explain } = options;
  return async ({ request, read, once, ...hints }) => {
    const attempt = async () => {
      const response = await send(request);
      checkStatus(request, response, { explain, ...hints });
      return read(response, request);
    };
    return once
      ? attempt()
      : retry(attempt, { timing, logger, signal: request.signal });
  };
}

/** What is asked for wherever an answer is to be JSON. */
export const JSON_WANTED = { Accept: 'application/json' };

/** Asks for something of a known shape. */
export function getJson<T>(
  callApi: CallApi,
  url: string,
  schema: z.ZodType<T>,
  context?: RequestContext,
): Promise<T> {
  return callApi({
    request: { method: 'GET', url, headers: JSON_WANTED, ...context },
    read: (response, request) => readJson(request, response, schema),
  });
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

/** Rows that were warned of are remembered, so many of them. */
const REMEMBERED = 1_000;

/** Reads lists, and leaves out rows that are not of the expected shape, with one warning for each. */
export class BadRows {
  readonly #callApi: CallApi;
  readonly #logger: LoggerService;
  readonly #consequence: string;
  readonly #known = new Set<string>();

  /** @param consequence - of leaving a row out, for the warning */
  constructor(
    callApi: CallApi,
    logger: LoggerService,
    consequence = 'no entity is removed because of it',
  ) {
    this.#callApi = callApi;
    this.#logger = logger;
    this.#consequence = consequence;
  }

  /**
   * The good rows of each page.
   *
   * @throws UnexpectedResponseError for a page of many rows none of which is good;
   * and, if `strict`, at the end of a list that had a bad row
   */
  async *pages<T>(
    firstUrl: string,
    row: z.ZodType<T>,
    strict: boolean,
    context?: RequestContext,
  ): AsyncGenerator<T[]> {
    const page = lenientPageOf(row);
    const bad: BadRow[] = [];
    yield* paginatePages(firstUrl, async url => {
      const { values, next, ...rest } = await getJson(
        this.#callApi,
        url,
        page,
        context,
      );
      rest.bad.forEach(one => this.#warn(firstUrl, one));
      bad.push(...rest.bad);
      return { values, next };
    });
    if (strict && bad.length > 0) {
      throw new UnexpectedResponseError(
        `a row of the list does not have the expected shape (${bad[0].problem}), so it is not known what the list lacks`,
        { method: 'GET', url: displayUrl(firstUrl) },
      );
    }
  }

  #warn(firstUrl: string, { name, problem }: BadRow): void {
    const { origin, pathname } = new URL(firstUrl);
    const what = name === undefined ? 'A row' : `The row of ${oneLine(name)}`;
    const message = `${what} in the list ${origin}${pathname} does not have the expected shape and is skipped; ${this.#consequence}: ${problem}`;
    if (!this.#known.has(message)) {
      if (this.#known.size >= REMEMBERED) {
        this.#known.clear();
      }
      this.#known.add(message);
      this.#logger.warn(message);
    }
  }
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{C}]+/gu, ' ').slice(0, 200);
}

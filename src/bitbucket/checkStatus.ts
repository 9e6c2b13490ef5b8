import { STATUS_CODES } from 'node:http';
import { Refusal } from '../credentials';
import { readErrorBody } from './errorBody';
import {
  ForbiddenError,
  NotFoundError,
  UnauthorizedError,
  UnavailableError,
  UnexpectedResponseError,
} from './errors';
import { whatIsMissing } from './notFound';
import { HttpRequest, HttpResponse } from './transport';
import { displayUrl } from './urls';

/** What is known beforehand about the refusals of a request. */
export type RefusalHints = {
  /** Diagnoses a 401 or 403 for a person. */
  explain(refusal: Refusal): string;
  /** Whether the request makes something. Default false. */
  creates?: boolean;
};

/**
 * Lets a good answer pass, which is a 200, or a 201 where something is made.
 * Nothing that is asked here is answered well by another 2xx: 204 for a file would
 * empty it. Nor is there a 304, since
 * Bitbucket counts one like any other answer and no request is conditional.
 *
 * @throws the error class that fits any other status
 */
export function checkStatus(
  request: HttpRequest,
  response: HttpResponse,
  hints: RefusalHints,
): void {
  const { status } = response;
  if (status === 200 || (status === 201 && hints.creates)) {
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
      `${answered}. ${hints.explain({ status, message })}`,
      details,
    );
  }
  if (status === 403) {
    throw new ForbiddenError(
      `${answered}. ${hints.explain({ status, message, required, granted })}`,
      { ...details, required, granted },
    );
  }
  if (status === 404 || status === 410) {
    const missing = whatIsMissing(status, body);
    throw new NotFoundError(answered, { ...details, missing });
  }
  if (status === 555) {
    throw new UnavailableError(
      `${answered}: the listing takes Bitbucket too long; ask for fewer levels`,
      details,
    );
  }
  if (status >= 500) {
    throw new UnavailableError(answered, details);
  }
  throw new UnexpectedResponseError(answered, details);
}

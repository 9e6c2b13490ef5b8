import { LoggerService } from '@backstage/backend-plugin-api';
import { RateLimitedError } from './errors';
import { readErrorBody } from './errorBody';
import { backoff } from './retry';
import { readRetryAfter } from './retryAfter';
import { Timing } from './timing';
import { HttpRequest, HttpResponse, Send } from './transport';
import { displayUrl } from './urls';

/**
 * Keeps every request back while Bitbucket asks to be left alone: from a 429,
 * or a 503 with `Retry-After`, until the time that it names.
 *
 * - Up to `maxRetryAfterMs` requests wait. A time further away is not waited
 *   for: requests fail at once, with nothing sent, until it is near enough.
 * - A 429 that names no time pauses for a back-off that doubles with each such
 *   pause in a row.
 */
export function withHostPause(
  send: Send,
  options: { timing: Timing; logger: LoggerService },
): Send {
  const { timing, logger } = options;
  let pausedUntil = 0;
  let pauseStatus = 429;
  let unexplainedPauses = 0;

  async function waitForEnd(request: HttpRequest) {
    while (pausedUntil > timing.now()) {
      const until = pausedUntil;
      if (until - timing.now() > timing.maxRetryAfterMs) {
        throw rateLimited(request, pauseStatus, until);
      }
      await timing.sleep(until - timing.now(), request.signal);
      if (pausedUntil === until) {
        return;
      }
    }
  }

  function pause(request: HttpRequest, status: number, until: number) {
    if (until <= pausedUntil) {
      return;
    }
    if (pausedUntil <= timing.now()) {
      logger.warn(
        `Bitbucket Cloud answered ${status}; no requests are sent until ${new Date(
          until,
        ).toISOString()} (${request.method} ${displayUrl(request.url)})`,
      );
    }
    pausedUntil = until;
    pauseStatus = status;
  }

  return async request => {
    await waitForEnd(request);
    const response = await send(request);
    const { status } = response;
    const asked = readRetryAfter(response, timing.now());

    if (status === 429) {
      if (asked !== undefined) {
        pause(request, status, timing.now() + asked);
      } else if (pausedUntil <= timing.now()) {
        unexplainedPauses += 1;
        pause(
          request,
          status,
          timing.now() + backoff(unexplainedPauses, timing),
        );
      }
      throw rateLimited(request, status, pausedUntil, response);
    }

    unexplainedPauses = 0;
    if (status === 503 && asked !== undefined) {
      pause(request, status, timing.now() + asked);
      if (asked > timing.maxRetryAfterMs) {
        throw rateLimited(request, status, pausedUntil, response);
      }
    }
    return response;
  };
}

function rateLimited(
  { method, url, headers }: HttpRequest,
  status: number,
  until: number,
  response?: HttpResponse,
): RateLimitedError {
  const retryAt = new Date(until);
  return new RateLimitedError(
    `Bitbucket Cloud takes no requests until ${retryAt.toISOString()} (${status})`,
    {
      method,
      url: displayUrl(url),
      status,
      retryAt,
      // The words of the token endpoint stay unseen, since they may repeat the
      // key of the consumer, which is as secret as a password.
      bitbucketMessage:
        response && method === 'GET'
          ? readErrorBody(response.body, headers).message
          : undefined,
    },
  );
}

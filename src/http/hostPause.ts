import { LoggerService } from '@backstage/backend-plugin-api';
import { abortable } from '../lib/sharing';
import { RateLimitedError } from '../scm/errors';
import { RepositoryPauses } from './repositoryPauses';
import { readErrorBody } from './responseBody';
import { pauseLength, readRetryAfter, Timing } from './retry';
import { HttpRequest, HttpResponse, Send } from './transport';
import { displayUrl } from './urls';

/** This many repositories that ask for a pause in a row stand for the whole host. */
const REPOSITORIES_IN_A_ROW = 3;

/**
 * Distinguishes a 503 of a single repository from one of the host: if several
 * repositories that are not paused yet ask for a pause in a row, the host is busy.
 */
class PausedRepositories {
  readonly #pauses: RepositoryPauses;
  readonly #repositoryOf: (url: string) => string | undefined;
  /** Asked for a pause since the last good answer, and never before. */
  #inARow = 0;

  constructor(
    pauses: RepositoryPauses,
    repositoryOf: (url: string) => string | undefined,
  ) {
    this.#pauses = pauses;
    this.#repositoryOf = repositoryOf;
  }

  /**
   * Pauses the repository of a request that was answered with 503.
   *
   * @param asked - the length of the pause that the host asks for, in milliseconds
   * @returns false if the whole host has to be paused instead
   */
  pauseRepository({ url }: HttpRequest, asked: number): boolean {
    const name = this.#repositoryOf(url);
    if (name === undefined) {
      return false;
    }
    if (!this.#pauses.has(name)) {
      this.#inARow += 1;
    }
    if (this.#inARow >= REPOSITORIES_IN_A_ROW) {
      this.#inARow = 0;
      this.#pauses.clear();
      return false;
    }
    this.#pauses.pause(name, asked);
    return true;
  }

  /** A request was answered, other than with a 503. */
  answered(request: HttpRequest): void {
    this.#inARow = 0;
    this.#pauses.answered(request);
  }
}

/** A request's leave to go. */
type Turn = {
  /** Which pause the request came after. */
  pause: number;
  /** To be called when its answer is known. */
  end(): void;
};

/**
 * Holds all requests while the host asks for a pause: after a 429,
 * or a 503 with `Retry-After`. A 503 for a single repository holds the requests
 * to that repository alone; see `PausedRepositories`.
 *
 * - The pause lasts until the time that the host names. After a 429 it doubles
 *   if need be; see `pauseLength`. 429s that answer what was under way when the
 *   pause began belong to it.
 * - Up to `maxRetryAfterMs` requests wait. A time further away is not waited
 *   for: requests fail at once, with nothing sent, until it is near enough.
 * - After the pause one request goes first, and the others wait for its answer:
 *   if it is good they follow, and if not, there is the next pause.
 *
 * @param options.product - what the requests are sent to, for people
 * @param options.repositoryOf - the name of the repository that a URL is below
 * @param options.isCounted - whether a request uses up what the pause is about.
 * The answer to any other proves nothing, so it never goes first.
 */
export function withHostPause(
  send: Send,
  options: {
    timing: Timing;
    logger: LoggerService;
    product: string;
    repositoryOf(url: string): string | undefined;
    isCounted(request: HttpRequest): boolean;
  },
): Send {
  const { timing, logger, product, isCounted } = options;
  let pausedAt = 0;
  let pausedUntil = 0;
  let pauseStatus = 429;
  let lastLength = 0;
  let pauses = 0;
  let inDoubt = false;
  let probe: Promise<void> | undefined;
  const repositoryPauses = new RepositoryPauses(timing, options.repositoryOf);
  const repositories = new PausedRepositories(
    repositoryPauses,
    options.repositoryOf,
  );

  async function waitForEnd(request: HttpRequest) {
    if (pausedAt > timing.now()) {
      // The clock was set back, and would make the pause as much longer.
      pausedUntil = 0;
    }
    while (pausedUntil > timing.now()) {
      const until = pausedUntil;
      if (until - timing.now() > timing.maxRetryAfterMs) {
        throw rateLimited(product, request, pauseStatus, until);
      }
      await timing.sleep(until - timing.now(), request.signal);
      if (pausedUntil === until) {
        return;
      }
    }
  }

  async function waitForTurn(request: HttpRequest): Promise<Turn> {
    for (;;) {
      await waitForEnd(request);
      if (!inDoubt || !isCounted(request)) {
        return { pause: pauses, end() {} };
      }
      if (!probe) {
        return { pause: pauses, end: startProbe() };
      }
      await abortable(probe, request.signal);
    }
  }

  function startProbe() {
    let end = () => {};
    probe = new Promise(resolve => {
      end = () => {
        probe = undefined;
        resolve();
      };
    });
    return end;
  }

  function pause(request: HttpRequest, status: number, length: number) {
    const until = timing.now() + length;
    if (until <= pausedUntil) {
      return;
    }
    if (pausedUntil <= timing.now()) {
      pauses += 1;
      logger.warn(
        `${product} ${noRequestsUntil(status, new Date(until).toISOString())} (${request.method} ${displayUrl(request.url)})`,
      );
    }
    pausedAt = timing.now();
    pausedUntil = until;
    pauseStatus = status;
    inDoubt = true;
  }

  function pauseAfter429(
    request: HttpRequest,
    asked: number | undefined,
    cameAfter: number,
  ) {
    if (cameAfter === pauses) {
      const last = { length: lastLength, until: pausedUntil };
      lastLength = pauseLength(asked, last, timing.now());
      pause(request, 429, lastLength);
    } else if (asked !== undefined) {
      lastLength = Math.max(lastLength, asked);
      pause(request, 429, asked);
    }
  }

  return async request => {
    await repositoryPauses.waitForEnd(request);
    const turn = await waitForTurn(request);
    try {
      const response = await send(request);
      const { status } = response;
      const asked = readRetryAfter(response, timing.now());

      if (status === 429) {
        pauseAfter429(request, asked, turn.pause);
        throw rateLimited(product, request, status, pausedUntil, response);
      }
      if (status === 503 && asked !== undefined) {
        if (repositories.pauseRepository(request, asked)) {
          return response;
        }
        pause(request, status, asked);
        if (asked > timing.maxRetryAfterMs) {
          throw rateLimited(product, request, status, pausedUntil, response);
        }
      } else if (turn.pause === pauses && isCounted(request)) {
        inDoubt = false;
      }
      if (status < 500) {
        repositories.answered(request);
      }
      return response;
    } finally {
      turn.end();
    }
  };
}

/** What keeps requests back, and until when. */
export function noRequestsUntil(status: number, until: string): string {
  return `answered ${status}, so no requests are sent until ${until}`;
}

function rateLimited(
  product: string,
  request: HttpRequest,
  status: number,
  until: number,
  response?: HttpResponse,
): RateLimitedError {
  const { method, url } = request;
  const retryAt = new Date(until);
  return new RateLimitedError(
    `${product} ${noRequestsUntil(status, retryAt.toISOString())}`,
    {
      method,
      url: displayUrl(url),
      status,
      retryAt,
      // The words of the token endpoint stay unseen, since they may repeat the
      // key of the consumer, which is as secret as a password.
      bitbucketMessage:
        response && method === 'GET'
          ? readErrorBody(response.body, request).message
          : undefined,
    },
  );
}

import { LoggerService } from '@backstage/backend-plugin-api';
import { checkStatus, RefusalHints } from './checkStatus';
import { retry } from './retry';
import { Timing } from './timing';
import { HttpRequest, HttpResponse, Send } from './transport';

/** A request, and what to make of the answer. */
export type Question<T> = {
  request: HttpRequest;
  /** Given a good answer. */
  read(response: HttpResponse, request: HttpRequest): T;
} & Pick<RefusalHints, 'creates'>;

/**
 * Sends a request until there is a good answer, and reads it. What makes something
 * is sent once, since it may have been made although no good answer came.
 *
 * @throws the errors of `checkStatus`, of `Send` and of the question's `read`
 */
export type Ask = <T>(question: Question<T>) => Promise<T>;

/** Makes answers of responses: checks their status, reads them, and retries. */
export function createAsk(
  send: Send,
  options: {
    timing: Timing;
    logger: LoggerService;
    explain: RefusalHints['explain'];
  },
): Ask {
  const { timing, logger, explain } = options;
  return async ({ request, read, ...hints }) => {
    const attempt = async () => {
      const response = await send(request);
      checkStatus(request, response, { explain, ...hints });
      return read(response, request);
    };
    return hints.creates
      ? attempt()
      : retry(attempt, { timing, logger, signal: request.signal });
  };
}

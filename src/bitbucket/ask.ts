import { LoggerService } from '@backstage/backend-plugin-api';
import { checkStatus, RefusalHints } from './checkStatus';
import { retry } from './retry';
import { Timing } from './timing';
import { HttpRequest, HttpResponse, Send } from './transport';

/** A request, and what to make of the answer. */
export type Question<T> = {
  request: HttpRequest;
  /** Given a 200. */
  read(response: HttpResponse, request: HttpRequest): T;
} & Pick<RefusalHints, 'otherwiseMissing'>;

/**
 * Sends a request until there is a good answer, and reads it.
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
  return ({ request, read, otherwiseMissing }) =>
    retry(
      async () => {
        const response = await send(request);
        checkStatus(request, response, { explain, otherwiseMissing });
        return read(response, request);
      },
      { timing, logger, signal: request.signal },
    );
}

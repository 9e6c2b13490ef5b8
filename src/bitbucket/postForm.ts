import { LoggerService } from '@backstage/backend-plugin-api';
import { PostForm } from '../credentials';
import { UnavailableError } from './errors';
import { retry } from './retry';
import { Timing } from './timing';
import { HttpRequest, Send } from './transport';

/**
 * Sends the forms that OAuth asks for, with the time limits, retries and pauses
 * of every other request. They belong to no piece of work, so no meter counts
 * them.
 *
 * Resolves with whatever Bitbucket decides (2xx to 4xx); throws what keeps it
 * from deciding: UnavailableError, RateLimitedError.
 */
export function createPostForm(
  send: Send,
  options: { timing: Timing; logger: LoggerService },
): PostForm {
  return (url, { headers, body, signal }) => {
    const request: HttpRequest = { method: 'POST', url, headers, body, signal };
    return retry(
      async () => {
        const { status, body: answer } = await send(request);
        if (status >= 500) {
          const { method } = request;
          throw new UnavailableError(`answered ${status}`, {
            method,
            url,
            status,
          });
        }
        return { status, body: answer.toString('utf8') };
      },
      { ...options, signal },
    );
  };
}

import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import { RequestContext } from '../bitbucket';

/**
 * Like `Promise.all` over a function of each item, with a bounded number under
 * way at once. The first failure stops the requests of the others, and leaves
 * the rest unasked.
 *
 * @param look - is to pass its context on to every request
 */
export async function mapConcurrently<T, R>(
  items: T[],
  concurrency: number,
  context: RequestContext,
  look: (item: T, context: RequestContext) => Promise<R>,
): Promise<R[]> {
  const limit = pLimit(concurrency);
  const abort = new AbortController();
  const signal = context.signal
    ? AbortSignal.any([context.signal, abort.signal])
    : abort.signal;
  // Every request under way listens; Node.js takes more than ten for a leak.
  setMaxListeners(0, signal);
  try {
    return await Promise.all(
      items.map(item => limit(() => look(item, { ...context, signal }))),
    );
  } finally {
    limit.clearQueue();
    abort.abort();
  }
}

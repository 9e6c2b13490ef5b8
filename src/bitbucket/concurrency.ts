import pLimit from 'p-limit';
import { Send } from './transport';

/**
 * Lets a bounded number of requests be under way at once; the others wait for
 * their turn, first come, first served. Whoever gives up leaves the queue at
 * once. A streamed answer gives its place away when the stream begins.
 */
export function withConcurrency(send: Send, concurrency: number): Send {
  const limit = pLimit(concurrency);
  return async request => {
    const { signal } = request;
    signal?.throwIfAborted();
    const turn = limit(async () => {
      signal?.throwIfAborted();
      return send(request);
    });
    return signal ? unlessAborted(turn, signal) : turn;
  };
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    work
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}

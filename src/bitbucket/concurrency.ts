import pLimit from 'p-limit';
import { abortable } from '../credentials';
import { Send } from './transport';

/**
 * Lets a bounded number of requests be under way at once; the others wait for
 * their turn, first come, first served. Whoever gives up is told at once, and
 * sends nothing when the turn comes. A streamed answer gives its place away when
 * the stream begins.
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
    return abortable(turn, signal);
  };
}

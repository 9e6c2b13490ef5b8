import { Metrics } from '../metrics/Metrics';
import { isRateLimitedError } from '../scm/errors';
import { HttpRequest, Send } from './transport';

/** What is counted of the client's requests. */
export type RequestMetrics = Pick<Metrics, 'requestSent' | 'requestWithheld'>;

/**
 * Tells the metrics what becomes of each request, retries and redirects that are
 * followed included. A request that its sender gave up is not counted.
 *
 * @param send - with the budget, if there is one, and below the pause: so a `RateLimitedError`
 * is the budget's, and nothing was sent
 */
export function withMetrics(
  send: Send,
  options: {
    metrics?: RequestMetrics;
    costClassOf(request: HttpRequest): string | undefined;
  },
): Send {
  const { metrics, costClassOf } = options;
  return async request => {
    const { signal, purpose = 'read' } = request;
    const costClass = costClassOf(request) ?? 'uncounted';
    try {
      const response = await send(request);
      metrics?.requestSent({ costClass, status: `${response.status}` });
      return response;
    } catch (error) {
      if (isRateLimitedError(error)) {
        metrics?.requestWithheld({ costClass, purpose });
      } else if (!signal?.aborted) {
        metrics?.requestSent({ costClass, status: 'failed' });
      }
      throw error;
    }
  };
}

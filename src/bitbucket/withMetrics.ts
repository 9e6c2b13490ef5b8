import { Metrics } from '../metrics';
import { CostClassOf } from './costClass';
import { isRateLimitedError } from './errors';
import { Send } from './transport';

/** What the client tells of its requests. */
export type RequestMetrics = Pick<Metrics, 'requestSent' | 'requestWithheld'>;

/**
 * Tells the metrics what becomes of each request, retries and redirects that are
 * followed included. What its sender gave up is not told of.
 *
 * @param send - with the budget, and below the pause: so a `RateLimitedError` is
 * the budget's, and nothing was sent
 */
export function withMetrics(
  send: Send,
  options: { metrics?: RequestMetrics; costClassOf: CostClassOf },
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

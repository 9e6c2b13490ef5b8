import { Budget } from './budget';
import { CostClassOf } from './costClass';
import { SharedBudget } from './sharedBudget';
import { Send } from './transport';

/**
 * Sends what the budget covers, and counts it, whatever becomes of it: retries
 * and redirects that are followed too. What the answers say about the limit
 * corrects the budget.
 *
 * @throws RateLimitedError in place of what the budget does not cover
 */
export function withBudget(
  send: Send,
  options: { budget: Budget; shared?: SharedBudget; costClassOf: CostClassOf },
): Send {
  const { budget, shared, costClassOf } = options;
  return async request => {
    const costClass = costClassOf(request);
    if (!costClass) {
      return send(request);
    }
    await shared?.load();
    request.signal?.throwIfAborted();
    budget.spend(costClass, request);
    try {
      const response = await send(request);
      budget.correct(costClass, request, response);
      return response;
    } finally {
      shared?.saveNowAndThen();
    }
  };
}

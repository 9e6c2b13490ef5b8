import { LoggerService } from '@backstage/backend-plugin-api';
import { IntegrationConfig } from '../config';
import { createCredential, explainRefusal } from '../credentials';
import { Ask, createAsk } from './ask';
import { withAuthorization } from './authorization';
import { BitbucketClient } from './BitbucketClient';
import { Budget } from './budget';
import { BudgetStore } from './budgetStore';
import { withConcurrency } from './concurrency';
import { createCostClassOf } from './costClass';
import { credentialId } from './credentialId';
import { withHostPause } from './hostPause';
import { createPostForm } from './postForm';
import { currentPurpose } from './purpose';
import { withRedirects } from './redirects';
import { SharedBudget } from './sharedBudget';
import { DEFAULT_TIMING, Timing } from './timing';
import { createTransport } from './transport';
import { withBudget } from './withBudget';
import { RequestMetrics, withMetrics } from './withMetrics';

/** Options of {@link createBitbucketClient}. */
export type BitbucketClientOptions = IntegrationConfig & {
  logger: LoggerService;
  /** Other time limits and waits than the default ones, or another clock. */
  timing?: Partial<Timing>;
  /**
   * Where the budget is kept over restarts, and shared with other processes.
   * Default: nowhere.
   */
  budgetStore?: BudgetStore;
  /** What is told of the requests. Default: nobody. */
  metrics?: RequestMetrics;
};

/**
 * Creates a client. All that share it also share its connections, its OAuth
 * token, its bound on concurrent requests, its budget and its pauses.
 */
export function createBitbucketClient(
  options: BitbucketClientOptions,
): BitbucketClient {
  const { apiBaseUrl, webBaseUrl, concurrency, maxFileBytes, logger } = options;
  const timing = { ...DEFAULT_TIMING, ...options.timing };
  const tokenUrl = `${webBaseUrl}/site/oauth2/access_token`;
  const costClassOf = createCostClassOf({ ...options, tokenUrl });
  const { budget, shared } = createBudget(options, timing);

  // From the wire upwards. A request waits for its turn, then for the end of a
  // pause, then leaves if the budget covers it, and so it does again for each
  // redirect.
  const transport = withMetrics(
    withBudget(createTransport({ timing, logger }), {
      budget,
      shared,
      costClassOf,
    }),
    { metrics: options.metrics, costClassOf },
  );
  const send = withConcurrency(
    withHostPause(withRedirects(transport), {
      timing,
      logger,
      isCounted: request => costClassOf(request) !== undefined,
    }),
    concurrency,
  );

  const credential = createCredential(options.credential, {
    tokenUrl,
    post: createPostForm(send, { timing, logger }),
    now: timing.now,
  });

  // An answer is checked and read, and asked for again where that may help. Each
  // question is signed before it is asked, and once more after a 401.
  const signed = withAuthorization(
    createAsk(send, {
      timing,
      logger,
      explain: refusal => explainRefusal(options.credential, refusal),
    }),
    credential,
    new Set([new URL(apiBaseUrl).origin, new URL(webBaseUrl).origin]),
  );

  // Here, where the caller is still known: what is queued is sent by whoever is next.
  const ask: Ask = question => {
    const { request } = question;
    const purpose = request.purpose ?? currentPurpose();
    return signed({ ...question, request: { ...request, purpose } });
  };

  return new BitbucketClient({
    apiBaseUrl,
    webBaseUrl,
    concurrency,
    maxFileBytes,
    credential,
    ask,
    logger,
    budget: {
      snapshot: () => budget.snapshot(),
      save: async () => shared?.save(),
    },
  });
}

function createBudget(
  options: BitbucketClientOptions,
  { now }: Timing,
): { budget: Budget; shared?: SharedBudget } {
  const { credential, requestsPerHour, budgetStore: store, logger } = options;
  const isAnonymous = credential.kind === 'anonymous';
  const budget = new Budget({ isAnonymous, requestsPerHour, now });
  const shared =
    store &&
    new SharedBudget({
      budget,
      store,
      credential: credentialId(credential),
      now,
      logger,
    });
  return { budget, shared };
}

import { LoggerService } from '@backstage/backend-plugin-api';
import { CredentialConfig, IntegrationConfig } from '../../config/types';
import {
  basicAuthorization,
  Credential,
  StaticCredential,
  withAuthorization,
} from '../../http/authorization';
import { createCallApi, withCallersPurpose } from '../../http/callApi';
import { Budget } from '../../http/budget';
import { withHostPause } from '../../http/hostPause';
import { withRedirects } from '../../http/links';
import { RequestMetrics, withMetrics } from '../../http/requestMetrics';
import { DEFAULT_TIMING, Timing } from '../../http/retry';
import { BudgetStore, SharedBudget } from '../../http/sharedBudget';
import { createTransport, Send, withConcurrency } from '../../http/transport';
import { BitbucketClient } from './BitbucketClient';
import { AnswerHints, checkStatus } from './apiCall';
import {
  createPostForm,
  OAuthCredential,
  PostForm,
} from './credentials/OAuthCredential';
import { explainRefusal } from './credentials/explainRefusal';
import {
  costClasses,
  CostClassOf,
  createCostClassOf,
  REQUESTS_PER_HOUR_KEY,
} from './limits';
import { bitbucketCloudNames } from './names';
import { hashOf } from '../../lib/text';

/**
 * A name of a credential for a database: the same in every process, and not to
 * be read back. API tokens and app passwords go by their user, whose requests
 * Bitbucket counts together.
 */
export function credentialId(credential: CredentialConfig): string {
  if (credential.kind === 'anonymous') {
    return 'anonymous';
  }
  return hashOf(`${credential.kind} ${identityOf(credential)}`).slice(0, 16);
}

function identityOf(
  credential: Exclude<CredentialConfig, { kind: 'anonymous' }>,
): string {
  switch (credential.kind) {
    case 'oauth':
      return credential.clientId;
    case 'accessToken':
      return credential.token;
    default:
      return credential.username;
  }
}

/** `/repositories/acme/shop` and all that is below it, and the archives of a repository. */
const REPOSITORY = /\/repositories\/([^/?]+\/[^/?]+)|\/([^/?]+\/[^/?]+)\/get\//;

function repositoryOf(url: string): string | undefined {
  const [, inApi, onWeb] = REPOSITORY.exec(url) ?? [];
  return inApi ?? onWeb;
}

/** Requests for what is in a repository, files above all. */
const IS_SOURCE = /\/repositories\/[^/]+\/[^/]+\/src\//;

const { product } = bitbucketCloudNames;

/**
 * Sends what the budget covers, and counts it, whatever becomes of it: retries
 * and redirects that are followed too. What the answers say about the limit
 * corrects the budget.
 *
 * @throws RateLimitedError in place of what the budget does not cover
 */
function withBudget(
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
      budget.correct(costClass, response, {
        isSource: IS_SOURCE.test(request.url),
      });
      return response;
    } finally {
      shared?.saveNowAndThen();
    }
  };
}

/** Options of {@link createBitbucketClient}. */
type BitbucketClientOptions = IntegrationConfig & {
  logger: LoggerService;
  /** Other time limits and waits than the default ones, or another clock. */
  timing?: Partial<Timing>;
  /**
   * Where the budget is kept over restarts, and shared with other processes.
   * Default: nowhere.
   */
  budgetStore?: BudgetStore;
  /** The most requests an hour for pull requests. Default: none. */
  pullRequestsPerHour?: number;
  /** Counts the requests. Default: they are not counted. */
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
  // redirect. Clients such as got, ky and p-retry repeat and redirect inside of one
  // call: they count no attempt against the hour, do not share a pause between calls,
  // and follow a redirect before anyone can refuse its origin. So these pieces are
  // written here, around node-fetch, whose copy a Backstage backend has anyway.
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
      product,
      repositoryOf,
      isCounted: request => costClassOf(request) !== undefined,
    }),
    concurrency,
  );

  const credential = createCredential(options.credential, {
    tokenUrl,
    post: createPostForm(send, { timing, logger }),
    now: timing.now,
  });

  // Each response is checked and read, and the request is repeated where that may help.
  // Each call is signed before it is sent, and once more after a 401.
  const signed = withAuthorization(
    createCallApi<AnswerHints>(send, {
      timing,
      logger,
      check: (request, response, hints) =>
        checkStatus(request, response, hints, refusal =>
          explainRefusal(options.credential, refusal),
        ),
    }),
    credential,
    new Set([new URL(apiBaseUrl).origin, new URL(webBaseUrl).origin]),
  );

  const callApi = withCallersPurpose(signed);

  return new BitbucketClient({
    apiBaseUrl,
    webBaseUrl,
    concurrency,
    maxFileBytes,
    credential,
    callApi,
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
  const budget = new Budget({
    costClasses: costClasses(isAnonymous, requestsPerHour),
    requestsPerHour,
    pullRequests: options.pullRequestsPerHour,
    key: REQUESTS_PER_HOUR_KEY,
    now,
  });
  const shared =
    store &&
    new SharedBudget({
      budget,
      store,
      credential: credentialId(credential),
      product,
      now,
      logger,
    });
  return { budget, shared };
}

/**
 * Gives what signs requests with a parsed credential. Every call makes a new
 * one with OAuth tokens of its own, so that two clients never share a token.
 *
 * @param oauth - `tokenUrl` is `https://bitbucket.org/site/oauth2/access_token`
 * or its like behind a proxy; `now` gives milliseconds and defaults to `Date.now`
 * @see https://developer.atlassian.com/cloud/bitbucket/rest/intro/#authentication
 */
export function createCredential(
  config: CredentialConfig,
  oauth: { tokenUrl: string; post: PostForm; now?: () => number },
): Credential<CredentialConfig['kind']> {
  switch (config.kind) {
    case 'apiToken':
      return new StaticCredential(
        config.kind,
        `API token of ${config.username}`,
        basicAuthorization(config.username, config.token),
      );
    case 'appPassword':
      return new StaticCredential(
        config.kind,
        `app password of ${config.username}`,
        basicAuthorization(config.username, config.appPassword),
      );
    case 'accessToken':
      return new StaticCredential(
        config.kind,
        'access token',
        `Bearer ${config.token}`,
      );
    case 'oauth':
      return new OAuthCredential(config, oauth);
    case 'anonymous':
      return new StaticCredential(config.kind, 'anonymous', undefined);
  }
}

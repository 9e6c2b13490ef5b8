import { LoggerService } from '@backstage/backend-plugin-api';
import { IntegrationConfig } from '../config';
import { createCredential, explainRefusal } from '../credentials';
import { createAsk } from './ask';
import { withAuthorization } from './authorization';
import { BitbucketClient } from './BitbucketClient';
import { withConcurrency } from './concurrency';
import { withHostPause } from './hostPause';
import { createPostForm } from './postForm';
import { withRedirects } from './redirects';
import { DEFAULT_TIMING, Timing } from './timing';
import { createTransport } from './transport';

/** Options of {@link createBitbucketClient}. */
export type BitbucketClientOptions = IntegrationConfig & {
  logger: LoggerService;
  /** Other time limits and waits than the default ones, or another clock. */
  timing?: Partial<Timing>;
};

/**
 * Creates a client. All that share it also share its connections, its OAuth
 * token, its bound on concurrent requests, and its pauses.
 */
export function createBitbucketClient(
  options: BitbucketClientOptions,
): BitbucketClient {
  const { apiBaseUrl, webBaseUrl, concurrency, logger } = options;
  const timing = { ...DEFAULT_TIMING, ...options.timing };

  // From the wire upwards. A request waits for its turn, then for the end of a
  // pause, then leaves, and leaves again for each redirect.
  const transport = createTransport({ timing, logger });
  const send = withConcurrency(
    withHostPause(withRedirects(transport), { timing, logger }),
    concurrency,
  );

  const credential = createCredential(options.credential, {
    tokenUrl: `${webBaseUrl}/site/oauth2/access_token`,
    post: createPostForm(send, { timing, logger }),
    now: timing.now,
  });

  // An answer is checked and read, and asked for again where that may help. Each
  // question is signed before it is asked, and once more after a 401.
  const ask = withAuthorization(
    createAsk(send, {
      timing,
      logger,
      explain: refusal => explainRefusal(options.credential, refusal),
    }),
    credential,
    new Set([new URL(apiBaseUrl).origin, new URL(webBaseUrl).origin]),
  );

  return new BitbucketClient({
    apiBaseUrl,
    webBaseUrl,
    concurrency,
    credential,
    ask,
  });
}

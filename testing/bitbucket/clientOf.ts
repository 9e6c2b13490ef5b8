import { LoggerService } from '@backstage/backend-plugin-api';
import { CredentialConfig } from '../../src/config/types';
import { BitbucketClient } from '../../src/hosts/bitbucket-cloud/BitbucketClient';
import { createBitbucketClient } from '../../src/hosts/bitbucket-cloud/createBitbucketClient';
import { Timing } from '../../src/http/retry';
import { fakeTiming } from './fakeTiming';
import { recordingLogger } from './recordingLogger';

/**
 * A client of a server on this machine. Its waits are over at once, and its
 * budget is larger than any test.
 */
export function clientOf(
  server: { apiBaseUrl: string; webBaseUrl: string },
  options: {
    /** Default: none. */
    credential?: CredentialConfig;
    timing?: Partial<Timing>;
    /** The most requests an hour for pull requests. Default: more than any test needs. */
    pullRequestsPerHour?: number;
    /** The largest file to read. Default 1 MiB. */
    maxFileBytes?: number;
    /** Default: discards everything. */
    logger?: LoggerService;
  } = {},
): BitbucketClient {
  const {
    credential = { kind: 'anonymous' },
    maxFileBytes = 1_048_576,
    pullRequestsPerHour = 100_000,
    timing,
    logger = recordingLogger(),
  } = options;
  return createBitbucketClient({
    apiBaseUrl: server.apiBaseUrl,
    webBaseUrl: server.webBaseUrl,
    concurrency: 8,
    requestsPerHour: 100_000,
    pullRequestsPerHour,
    freshnessMs: 120_000,
    maxFileBytes,
    credential,
    logger,
    timing: fakeTiming(timing),
  });
}

import { JsonObject } from '@backstage/types';
import { CREDENTIALS, TOKEN, WORKSPACE } from '../credentials';
import { BackendSettings, SECTIONS } from './settings';

/** The configuration of a backend, as an adopter would have it. */
export function toConfig(settings: BackendSettings): JsonObject {
  const { port, databaseFolder, stitchEveryMs, webhookSecret } = settings;
  const section = SECTIONS[settings.product];
  const baseUrl = `http://127.0.0.1:${port}`;
  return {
    app: { baseUrl },
    backend: {
      baseUrl,
      listen: { host: '127.0.0.1', port },
      database: settings.database ?? {
        client: 'better-sqlite3',
        connection: { directory: databaseFolder },
      },
      // For the bench to trigger walks.
      auth: { dangerouslyDisableDefaultAuthPolicy: true },
    },
    ...(webhookSecret ? eventsFor(section, webhookSecret) : {}),
    integrations: {
      [section]: [integrationFor(settings)],
    },
    catalog: {
      rules: [{ allow: ['Component', 'Location'] }],
      providers: {
        [section]: {
          ...placeFor(settings),
          ...scheduleFor(settings),
          ...(settings.pullRequests ? { pullRequests: PULL_REQUESTS } : {}),
        },
      },
      ...processingFor(settings),
      ...(stitchEveryMs
        ? {
            stitchingStrategy: {
              pollingInterval: { milliseconds: stitchEveryMs },
            },
          }
        : {}),
    },
  };
}

/** The defaults, without their share of the requests of an hour. */
const PULL_REQUESTS = { requestsPerHour: 100_000 };

function processingFor({
  intervals,
  processingMinutes,
}: BackendSettings): JsonObject {
  if (intervals) {
    return { processingInterval: { seconds: intervals.processing } };
  }
  return processingMinutes
    ? { processingInterval: { minutes: processingMinutes } }
    : {};
}

/** One process is all there is, so that events take no way through the database. */
const eventsFor = (section: string, webhookSecret: string): JsonObject => ({
  events: {
    useEventBus: 'never',
    modules: { [section]: { webhookSecret } },
  },
});

/** What a provider is filled from. */
function placeFor(settings: BackendSettings): JsonObject {
  const { product, apiBaseUrl, installsWebhooks, port } = settings;
  if (product === 'cloud') {
    return { workspace: WORKSPACE };
  }
  const url = `http://127.0.0.1:${port}/api/events/http/bitbucketServer`;
  return {
    host: new URL(apiBaseUrl).host,
    ...(installsWebhooks ? { webhooks: { url } } : {}),
  };
}

function integrationFor(settings: BackendSettings): JsonObject {
  const { product, apiBaseUrl, module, unlimited, intervals } = settings;
  if (product === 'data-center') {
    return { host: new URL(apiBaseUrl).host, apiBaseUrl, token: TOKEN };
  }
  return {
    ...CREDENTIALS,
    apiBaseUrl,
    // This module keeps to Bitbucket's limit by itself.
    ...(module === 'ours' && unlimited ? { requestsPerHour: 100_000 } : {}),
    ...(module === 'ours' && intervals
      ? { freshness: { seconds: intervals.walk } }
      : {}),
  };
}

/** The example in Backstage's documentation; there is no default. */
const STOCK_SCHEDULE = {
  frequency: { minutes: 30 },
  timeout: { minutes: 3 },
};

/** Later than anything that is measured. */
const NEVER = { hours: 24 };

/**
 * Where intervals are shortened, walks run by the clock of this process alone,
 * and so on time; the walks that an hour has few of run once, at the start.
 */
function scheduleFor({
  module,
  intervals,
  localWalks,
}: BackendSettings): JsonObject {
  if (localWalks) {
    return { schedule: { scope: 'local' } };
  }
  if (!intervals) {
    return module === 'stock' ? { schedule: STOCK_SCHEDULE } : {};
  }
  const timeout = { minutes: 3 };
  return module === 'stock'
    ? { schedule: { frequency: NEVER, timeout, scope: 'local' } }
    : {
        schedule: {
          frequency: { seconds: intervals.walk },
          timeout,
          scope: 'local',
        },
        fullWalk: NEVER,
      };
}

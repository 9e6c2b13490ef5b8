import { LoggerService } from '@backstage/backend-plugin-api';
import {
  DataCenterCredentialConfig,
  DataCenterIntegrationConfig,
} from '../../config/types';
import {
  basicAuthorization,
  Credential,
  StaticCredential,
  withAuthorization,
} from '../../http/authorization';
import {
  createCallApi,
  JSON_WANTED,
  withCallersPurpose,
} from '../../http/callApi';
import { withRedirects } from '../../http/links';
import { Pace, withPace } from '../../http/pace';
import { RequestMetrics, withMetrics } from '../../http/requestMetrics';
import { MalformedBodyError } from '../../http/responseBody';
import { DEFAULT_TIMING, Timing } from '../../http/retry';
import { BadRows } from '../../http/rows';
import { PaceStore, SharedPace } from '../../http/sharedPace';
import {
  createTransport,
  HttpRequest,
  HttpResponse,
} from '../../http/transport';
import { displayUrl } from '../../http/urls';
import { hashOf } from '../../lib/text';
import { AnswerHints, CallApi, checkStatus, DataCenterApi } from './apiCall';
import { explainRefusal } from './explainRefusal';
import { SWEEP_PER_SECOND } from './limits';
import { dataCenterNames } from './names';

type DataCenterCredential = Credential<DataCenterCredentialConfig['kind']>;

/** A client of an instance: what sends requests, and what is to be known of it. */
export type DataCenterClient = {
  api: DataCenterApi;
  /** Root of the web pages. */
  webBaseUrl: string;
  credential: DataCenterCredential;
  /** Such as `integrations.bitbucketServer[0]`. */
  key: string;
  concurrency: number;
  maxFileBytes: number;
};

export type DataCenterClientOptions = DataCenterIntegrationConfig & {
  logger: LoggerService;
  /** Other time limits and waits than the default ones, or another clock. */
  timing?: Partial<Timing>;
  /** Where replicas learn of each other, so that they share the rate. Default: nowhere. */
  paceStore?: PaceStore;
  /** Counts the requests. Default: they are not counted. */
  metrics?: RequestMetrics;
};

/** `PAY/repos/api` of a URL. */
const REPOSITORY = /\/projects\/([^/?]+\/repos\/[^/?]+)/;

/** Whether a request only verifies what is known, as walks do with heads. */
function isSweep({ purpose }: HttpRequest): boolean {
  return purpose === 'recheck';
}

/** What requests count as in the metrics; there is one limit for all. */
const COST_CLASS = 'requests';

/**
 * Creates a client of an instance. All that share it also share its connections, its
 * bound on concurrent requests and its pace.
 */
export function createDataCenterClient(
  options: DataCenterClientOptions,
): DataCenterClient {
  const { baseUrl, concurrency, credential: config, host, key } = options;
  const { logger, maxFileBytes } = options;
  const timing = { ...DEFAULT_TIMING, ...options.timing };
  const shared =
    options.paceStore &&
    new SharedPace({
      store: options.paceStore,
      credential: credentialId(host, config),
      now: timing.now,
      logger,
    });
  const pace = new Pace({
    timing,
    logger,
    product: dataCenterNames(host, key).product,
    concurrency,
    requestsPerSecond: options.requestsPerSecond,
    sweepPerSecond: SWEEP_PER_SECOND,
    isSweep,
    repositoryOf: url => REPOSITORY.exec(url)?.[1],
    processes: () => shared?.processes() ?? 1,
  });

  // From the wire upwards. Each request, and each redirect that is followed, waits for
  // its turn, which is where requests that someone waits for overtake walks: a queue
  // above it would be first come, first served.
  const transport = withMetrics(createTransport({ timing, logger }), {
    metrics: options.metrics,
    costClassOf: () => COST_CLASS,
  });
  const send = withRedirects(
    withPace(transport, pace),
    `${new URL(baseUrl).href.replace(/\/$/, '')}/rest/`,
  );

  // Each response is checked and read, and the request is repeated where that may help.
  const origin = new OriginCheck();
  const credential = createCredential(config);
  const signed = withAuthorization(
    createCallApi<AnswerHints>(send, {
      timing,
      logger,
      check(request, response, hints) {
        checkStatus(request, response, hints, refusal =>
          explainRefusal({ credential: config, key }, refusal),
        );
        origin.check(request, response);
      },
    }),
    credential,
    new Set([new URL(baseUrl).origin]),
  );

  const callApi = withCallersPurpose(origin.learning(signed));

  return {
    api: { callApi, host, baseUrl, logger, badRows: new BadRows(logger) },
    webBaseUrl: options.webBaseUrl,
    credential,
    key,
    concurrency,
    maxFileBytes,
  };
}

/** Gives what signs requests with a parsed credential. */
export function createCredential(
  config: DataCenterCredentialConfig,
): DataCenterCredential {
  switch (config.kind) {
    case 'httpAccessToken':
      return new StaticCredential(
        config.kind,
        'HTTP access token',
        `Bearer ${config.token}`,
      );
    case 'password':
      return new StaticCredential(
        config.kind,
        `password of ${config.username}`,
        basicAuthorization(config.username, config.password),
      );
    case 'anonymous':
      return new StaticCredential(config.kind, 'anonymous', undefined);
  }
}

/**
 * A name of a credential and its host for a database: the same in every process, and
 * not to be read back. Passwords go by their user, whose requests an instance counts
 * together.
 */
export function credentialId(
  host: string,
  config: DataCenterCredentialConfig,
): string {
  return hashOf([host, config.kind, identityOf(config)].join(' ')).slice(0, 16);
}

function identityOf(config: DataCenterCredentialConfig): string {
  switch (config.kind) {
    case 'httpAccessToken':
      return config.token;
    case 'password':
      return config.username;
    case 'anonymous':
      return '';
  }
}

/** What an instance puts into all of its answers. */
const ID_HEADER = 'X-AREQUESTID';

/**
 * Notices the page of a gateway that comes with a 200, such as the form of a login: the
 * bytes of a file could be anything. An instance puts the id of the request into all of
 * its answers, so one without comes from something in between, unless there never is one.
 *
 * A proxy may begin to remove the header. Then JSON of the expected shape shows that the
 * instance answers without an id from now on.
 */
class OriginCheck {
  #expectsId = false;

  /** @throws MalformedBodyError for a good answer that the instance did not give */
  check(request: HttpRequest, response: HttpResponse): void {
    const { status, headers } = response;
    const hasId = headers.has(ID_HEADER);
    if (this.#expectsId && !hasId && !isJson(request, response)) {
      throw new MalformedBodyError(
        `the response has no ${ID_HEADER}, which Bitbucket sends, so it comes from something in between`,
        { method: request.method, url: displayUrl(request.url), status },
      );
    }
    this.#expectsId ||= hasId;
  }

  /** Learns from the answers that could be read. */
  learning(callApi: CallApi): CallApi {
    return call =>
      callApi({
        ...call,
        read: (response, request) => {
          const result = call.read(response, request);
          if (!response.headers.has(ID_HEADER) && isJson(request, response)) {
            this.#expectsId = false;
          }
          return result;
        },
      });
  }
}

/** Whether JSON was asked for, and came: its shape shows where it is from. */
function isJson(
  { method, headers }: HttpRequest,
  response: HttpResponse,
): boolean {
  return (
    method === 'GET' &&
    headers?.Accept === JSON_WANTED.Accept &&
    /^application\/json\b/i.test(response.headers.get('Content-Type') ?? '')
  );
}

import { LoggerService } from '@backstage/backend-plugin-api';
import fetch, { Headers, Response } from 'node-fetch';
import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import pLimit from 'p-limit';
import { name, version } from '../../package.json';
import { abortable } from '../lib/sharing';
import { Purpose, RequestMeter } from '../scm/types';
import {
  decodeBody,
  decodeStart,
  MAX_BODY_BYTES,
  MAX_ERROR_BYTES,
} from './responseBody';
import { Timing } from './retry';
import { explainFault, TimeLimit } from './transportFaults';
import { displayUrl } from './urls';

declare module 'http' {
  interface Agent {
    /** Called by Node.js with each request that is to go through the agent. */
    addRequest(request: ClientRequest, options: RequestOptions): void;
    options: AgentOptions;
  }
  interface AgentOptions {
    /** Names the proxies, from Node.js 22.21 and 24.5 on. */
    proxyEnv?: NodeJS.ProcessEnv;
  }
}

/**
 * A server that closes the connection before it has sent as many bytes as its
 * `Content-Length` promised goes unnoticed by node-fetch 2, whose body then
 * never ends. It does listen to errors of the request, so the error is reported there.
 */
function reportCutResponses(request: http.ClientRequest): void {
  request.once('response', response => {
    response.once('error', error => request.emit('error', error));
  });
}

class HttpAgent extends http.Agent {
  addRequest(request: http.ClientRequest, options: http.RequestOptions): void {
    reportCutResponses(request);
    super.addRequest(request, options);
  }
}

class HttpsAgent extends https.Agent {
  addRequest(request: http.ClientRequest, options: http.RequestOptions): void {
    reportCutResponses(request);
    super.addRequest(request, options);
  }
}

/**
 * Agents that keep connections open between requests, chosen by a URL's
 * protocol. Where the process asks for it, they honour `HTTPS_PROXY` and its
 * like as Node.js' own agents do: https://nodejs.org/api/http.html#built-in-proxy-support
 */
function createAgents(): (url: { protocol: string }) => http.Agent {
  const options = { keepAlive: true, proxyEnv: proxyEnvironment(process) };
  const httpAgent = new HttpAgent(options);
  const httpsAgent = new HttpsAgent(options);
  return ({ protocol }) => (protocol === 'http:' ? httpAgent : httpsAgent);
}

/**
 * The variables that name the proxies, or undefined where Node.js was not started to use
 * any. Its own agent knows, unless something has replaced it.
 */
export function proxyEnvironment(
  { env, execArgv }: Pick<NodeJS.Process, 'env' | 'execArgv'>,
  globalAgent: Pick<http.Agent, 'options'> = http.globalAgent,
): NodeJS.ProcessEnv | undefined {
  const known = globalAgent.options?.proxyEnv;
  if (known) {
    return known;
  }
  const flags = [...execArgv, ...(env.NODE_OPTIONS?.split(/\s+/) ?? [])];
  const isWanted =
    env.NODE_USE_ENV_PROXY === '1' || flags.includes('--use-env-proxy');
  return isWanted ? env : undefined;
}

/**
 * Lets a bounded number of requests be under way at once; the others wait for
 * their turn, first come, first served. A caller that gives up fails at once, and
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

/** One request, whatever carries it. */
export type HttpRequest = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Absolute. */
  url: string;
  headers?: Record<string, string>;
  body?: string;
  /** What the body holds that no message may show, should a server repeat it. */
  secrets?: readonly string[];
  /**
   * Whether a redirect within the origin is followed with the same method and body, as
   * that of a GET always is. Default false, since a body may be a secret of one address.
   */
  followsRedirects?: boolean;
  /** Hands the body of a 200 over as a stream. */
  streamed?: boolean;
  /**
   * The largest body of a 200 that is read, in bytes; whatever exceeds it is
   * broken off. Default {@link MAX_BODY_BYTES}.
   */
  maxBytes?: number;
  signal?: AbortSignal;
  /** An access token that signs this request instead of the client's credential. */
  token?: string;
  meter?: RequestMeter;
  /** Default `read`. */
  purpose?: Purpose;
};

/** One answer, whatever its status. */
export type HttpResponse = {
  status: number;
  headers: Headers;
  /**
   * The body, decompressed; of what is not a 2xx at most {@link MAX_ERROR_BYTES}. Empty
   * where there is a stream.
   */
  body: Buffer;
  stream?: Readable;
};

/**
 * Sends a request and resolves with the answer, whatever its status.
 *
 * @throws the signal's reason when the caller gives up; UnavailableError when
 * no answer arrived whole and in time; BodyTooLargeError when the body exceeds
 * its limit; UnexpectedResponseError when it is of an unknown encoding
 */
export type Send = (request: HttpRequest) => Promise<HttpResponse>;

const USER_AGENT = `${name}/${version}`;

/** The lowest layer: one attempt over HTTP. Does not follow redirects. */
export function createTransport(options: {
  timing: Timing;
  logger: LoggerService;
}): Send {
  const { timing, logger } = options;
  const agentFor = createAgents();

  return async request => {
    const { method, url, signal, meter } = request;
    signal?.throwIfAborted();
    if (meter) {
      meter.requests += 1;
    }
    const limit = new TimeLimit(timing.attemptTimeoutMs, signal);
    const startedAt = timing.now();
    const log = (outcome: string) => {
      const ms = timing.now() - startedAt;
      logger.debug(`${method} ${displayUrl(url)}: ${outcome} after ${ms} ms`);
    };

    try {
      const response = await fetch(url, {
        method,
        headers: {
          'User-Agent': USER_AGENT,
          // An archive is compressed already.
          'Accept-Encoding': request.streamed ? 'identity' : 'gzip',
          ...request.headers,
        },
        body: request.body,
        redirect: 'manual',
        agent: agentFor,
        // node-fetch would take a truncated gzip body for a whole one.
        compress: false,
        signal: limit.signal,
      });
      const { status, headers } = response;

      if (request.streamed && status === 200) {
        log(`${status}`);
        const stream = streamBody(response, request, limit);
        return { status, headers, body: Buffer.alloc(0), stream };
      }

      const body = await readBody(response, request);
      log(`${status}`);
      limit.end();
      return { status, headers, body };
    } catch (error) {
      const fault = explainFault(error, request, limit);
      log(signal?.aborted ? 'given up' : 'failed');
      limit.end();
      throw fault;
    }
  };
}

/** A good answer is read whole, and of an error what says what it is. */
async function readBody(
  response: Response,
  { maxBytes }: HttpRequest,
): Promise<Buffer> {
  const { body, headers, ok, status } = response;
  const encoding = headers.get('Content-Encoding');
  if (!ok) {
    return decodeStart(body, encoding, MAX_ERROR_BYTES);
  }
  const most = (status === 200 && maxBytes) || MAX_BODY_BYTES;
  response.size = most;
  return decodeBody(await response.buffer(), encoding, most);
}

/**
 * The body as it arrives. The time limit starts again with each chunk, and only
 * while Bitbucket is waited for, not while the reader is busy.
 */
function streamBody(
  response: Response,
  request: HttpRequest,
  limit: TimeLimit,
): Readable {
  async function* chunks() {
    try {
      limit.restart();
      for await (const chunk of response.body) {
        limit.pause();
        yield chunk;
        limit.restart();
      }
    } catch (error) {
      throw explainFault(error, request, limit);
    }
  }

  limit.pause();
  const stream = Readable.from(chunks(), { objectMode: false });
  stream.once('close', () => limit.end());
  return stream;
}

import { LoggerService } from '@backstage/backend-plugin-api';
import { z } from 'zod';
import { RequestContext } from '../scm/types';
import { currentPurpose } from './allowance';
import { readJson } from './responseBody';
import { retry, Timing } from './retry';
import { HttpRequest, HttpResponse, Send } from './transport';

/**
 * A request, and how to read the response.
 *
 * @typeParam Hints - what is known beforehand about the answer, for the check
 */
export type ApiCall<T, Hints = object> = {
  request: HttpRequest;
  /** Given a good response. */
  read(response: HttpResponse, request: HttpRequest): T;
  /**
   * Whether the request is sent once, since it may have succeeded although the response
   * was bad, and would then do the same a second time. Default false.
   */
  once?: boolean;
} & Partial<Hints>;

/**
 * Sends a request until there is a good response, and reads it.
 *
 * @throws the errors of the host's check, of `Send` and of the call's `read`
 */
export type CallApi<Hints = object> = <T>(
  call: ApiCall<T, Hints>,
) => Promise<T>;

/**
 * Checks the status of each response, reads it, and retries.
 *
 * @param options.check - throws the error that fits a response which is not good
 */
export function createCallApi<Hints>(
  send: Send,
  options: {
    timing: Timing;
    logger: LoggerService;
    check(
      request: HttpRequest,
      response: HttpResponse,
      hints: Partial<Hints>,
    ): void;
  },
): CallApi<Hints> {
  const { timing, logger, check } = options;
  return async call => {
    const { request, read, once } = call;
    const attempt = async () => {
      const response = await send(request);
      check(request, response, call);
      return read(response, request);
    };
    return once
      ? attempt()
      : retry(attempt, { timing, logger, signal: request.signal });
  };
}

/**
 * Notes what each call is made for, unless it says so. It is read here, where the caller
 * is still known: queued requests are sent in the context of another caller.
 */
export function withCallersPurpose<Hints>(
  callApi: CallApi<Hints>,
): CallApi<Hints> {
  return call => {
    const { request } = call;
    const purpose = request.purpose ?? currentPurpose();
    return callApi({ ...call, request: { ...request, purpose } });
  };
}

/** The headers of requests for JSON. */
export const JSON_WANTED = { Accept: 'application/json' };

/** Asks for something of a known shape. */
export function getJson<T>(
  callApi: CallApi,
  url: string,
  schema: z.ZodType<T>,
  context?: RequestContext,
): Promise<T> {
  return callApi({
    request: { method: 'GET', url, headers: JSON_WANTED, ...context },
    read: (response, request) => readJson(request, response, schema),
  });
}

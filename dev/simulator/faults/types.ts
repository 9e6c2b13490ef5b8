import type { Endpoint } from '../endpoints';

/** Which requests a fault strikes; all that is given has to fit. */
export type FaultTarget<E extends string = Endpoint> = {
  endpoint?: E;
  /** Found in, or matching, the path and query of the URL, still encoded. */
  path?: RegExp | string;
  method?: string;
  /** Fitting requests that are spared first. Default 0. */
  skip?: number;
  /** Fitting requests that are struck then. Default: all. */
  times?: number;
};

/** A response as it would be sent; names of headers are in lower case. */
export type SimulatedResponse = {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
};

/** Makes another response of a true one, or returns undefined to leave it as it is. */
export type Rewrite = (
  response: SimulatedResponse,
  url: URL,
) => SimulatedResponse | undefined;

/** What goes wrong. */
export type FaultKind =
  /** Answers at once; without a body of its own, with Bitbucket's JSON error. */
  | {
      kind: 'status';
      status: number;
      headers?: Record<string, string>;
      /** Message of the JSON error. */
      message?: string;
      /** Body to send as `text/html` instead. */
      html?: string;
      /** Body to send as `text/plain` instead. */
      text?: string;
    }
  /**
   * Sends another response in place of the true one, errors included. Where
   * `rewrite` returns undefined the true response is sent, and the request does
   * not count as one that was struck.
   */
  | { kind: 'rewrite'; rewrite: Rewrite }
  /** Sends other JSON in place of the true answer. */
  | { kind: 'json'; change: (body: unknown) => unknown }
  /** Lets something happen before the true answer is made. */
  | { kind: 'meanwhile'; happens: () => void }
  | { kind: 'redirect'; location: string; status?: 301 | 302 | 307 | 308 }
  /** Declares the whole length, sends a part (default: half), closes. */
  | { kind: 'cutBody'; bytes?: number }
  /** Sends text that is not JSON with status 200 as `application/json`. */
  | { kind: 'notJson' }
  /** Sends status 200 and no bytes. */
  | { kind: 'emptyBody' }
  /** Declares gzip and sends what cannot be unpacked. */
  | { kind: 'brokenGzip' }
  /** Resets the connection. */
  | { kind: 'dropSocket'; when: 'beforeHeaders' | 'inBody' }
  /** Sends nothing more and keeps the connection open. */
  | { kind: 'hang'; when: 'beforeHeaders' | 'afterHeaders' }
  /** Gives the true answer late. */
  | { kind: 'delay'; milliseconds: number }
  /** Gives the true answer in small pieces (default: a byte each 100 ms). */
  | { kind: 'drip'; bytes?: number; milliseconds?: number };

/** @typeParam E - names of the endpoints of the product that is simulated */
export type Fault<E extends string = Endpoint> = FaultTarget<E> & FaultKind;

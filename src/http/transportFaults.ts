import { sizeInWords } from '../config/units';
import {
  BodyTooLargeError,
  UnavailableError,
  UnexpectedResponseError,
} from '../scm/errors';
import { MAX_BODY_BYTES, UnknownEncodingError } from './responseBody';
import { displayUrl } from './urls';

/**
 * An abort signal that fires when the caller gives up or a time limit passes,
 * and knows which of the two it was.
 */
export class TimeLimit {
  readonly #controller = new AbortController();
  readonly #ms: number;
  readonly #caller?: AbortSignal;
  readonly #onCallerAbort = () => this.#controller.abort();
  #timer?: NodeJS.Timeout;
  #expired = false;

  /** Starts the clock. */
  constructor(ms: number, caller?: AbortSignal) {
    this.#ms = ms;
    this.#caller = caller;
    caller?.addEventListener('abort', this.#onCallerAbort, { once: true });
    this.restart();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get expired(): boolean {
    return this.#expired;
  }

  /** Gives the full time once more. */
  restart(): void {
    this.pause();
    this.#timer = setTimeout(() => {
      this.#expired = true;
      this.#controller.abort();
    }, this.#ms);
  }

  /** Stops the clock. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  /** Stops the clock, lets go of the caller's signal and ends what still runs under this one. */
  end(): void {
    this.pause();
    this.#caller?.removeEventListener('abort', this.#onCallerAbort);
    this.#controller.abort();
  }
}

export const CONNECTION_FAILED = 'the connection failed';

/**
 * Turns what ended an attempt early into what the caller is to see: the signal's
 * reason if it was the caller's own doing, an error of ours for a fault of the
 * network or of the answer. Anything else is a mistake in the request itself and
 * is left as it is.
 */
export function explainFault(
  error: unknown,
  request: {
    method: string;
    url: string;
    maxBytes?: number;
    signal?: AbortSignal;
  },
  limit: TimeLimit,
): unknown {
  const { method, url, maxBytes = MAX_BODY_BYTES, signal } = request;
  const details = { method, url: displayUrl(url), cause: error };

  if (signal?.aborted) {
    return signal.reason;
  }
  if (limit.expired) {
    return new UnavailableError('no complete answer within the time limit', {
      ...details,
      cause: undefined,
    });
  }
  if (error instanceof UnknownEncodingError) {
    return new UnexpectedResponseError(
      `the body is encoded as "${error.message}", which was not asked for`,
      details,
    );
  }

  const code = codeOf(error);
  if (!code) {
    return error;
  }
  if (code === TOO_LARGE_ON_THE_WIRE || code === TOO_LARGE_DECOMPRESSED) {
    return new BodyTooLargeError(
      `the body is larger than ${sizeInWords(maxBytes)}`,
      details,
    );
  }
  if (code.startsWith('Z_')) {
    return new UnavailableError(
      `the compressed body is broken or cut short (${code})`,
      details,
    );
  }
  return new UnavailableError(`${CONNECTION_FAILED} (${code})`, details);
}

// node-fetch's and zlib's names for a body that exceeds the limit.
const TOO_LARGE_ON_THE_WIRE = 'max-size';
const TOO_LARGE_DECOMPRESSED = 'ERR_BUFFER_TOO_LARGE';

/** `code` of Node.js' errors, or else `type` of node-fetch's. */
function codeOf(error: unknown): string | undefined {
  const { code, type } = Object(error) as { code?: unknown; type?: unknown };
  return [code, type].find(
    (value): value is string => typeof value === 'string',
  );
}

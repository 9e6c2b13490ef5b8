/** The most requests that are sent to an instance, however many questions there are. */
const MAX_REQUESTS = 30;

/** Of a body, since a page of a list is the largest that is read. */
const MAX_BYTES = 16 * 1024 * 1024;

const TIMEOUT_MS = 30_000;

/** Headers that requests can be found by in the log of an instance. */
const COUNTED = ['X-AREQUESTID', 'X-AUSERNAME'];

/** What is kept of a response: nothing of its content. */
export type Answer = {
  /** The path with names left out, such as `/rest/api/latest/projects/{key}/repos`. */
  request: string;
  status: number;
  headers: Headers;
  /** The last part of the name of Bitbucket's exception, where there is one. */
  exception?: string;
};

/** An answer with the JSON that came. */
export type JsonAnswer = Answer & { json: unknown };

/** Why something was not asked, or not answered. */
export class NotAnsweredError extends Error {}

/** A path, and its parts that are names, which are sent and never shown. */
export type Path = { template: string; names?: Record<string, string> };

/** Sends requests to an instance: nothing but GET, and a limited number. */
export class Prober {
  readonly #baseUrl: string;
  readonly #token?: string;
  readonly #refusals = new Set<string>();
  #sent = 0;
  readonly #counts = new Map(COUNTED.map(name => [name, 0]));

  /** @param options.baseUrl - without a trailing slash */
  constructor(options: { baseUrl: string; token?: string }) {
    this.#baseUrl = options.baseUrl;
    this.#token = options.token;
  }

  get sent(): number {
    return this.#sent;
  }

  /** How many responses have a header, such as `X-AREQUESTID: 20`. */
  get counts(): string[] {
    return [...this.#counts].map(count => count.join(': '));
  }

  /** The headers of each 429 that came, as far as they say when to go on. */
  get refusals(): string[] {
    return [...this.#refusals];
  }

  /** Asks, and does not read what comes. */
  async head(path: Path): Promise<Answer> {
    const { response, answer } = await this.#get(path, '*/*');
    if (response.status < 300) {
      await response.body?.cancel();
      return answer;
    }
    return { ...answer, exception: exceptionOf(await parse(response)) };
  }

  /** Asks for JSON. */
  async json(path: Path): Promise<JsonAnswer> {
    const { response, answer } = await this.#get(path, 'application/json');
    const json = await parse(response);
    if (response.status === 200 && json === undefined) {
      throw new NotAnsweredError('the response, with 200, is not JSON');
    }
    return { ...answer, json, exception: exceptionOf(json) };
  }

  /** Asks for a file, and gives what is at its beginning. */
  async start(path: Path, bytes: number): Promise<Answer & { start: string }> {
    const { response, answer } = await this.#get(path, '*/*');
    const body = await read(response, bytes);
    const start = body.toString('utf8', 0, bytes);
    const exception = response.ok ? undefined : exceptionOf(toJson(body));
    return { ...answer, exception, start };
  }

  async #get({ template, names = {} }: Path, accept: string) {
    if (this.#sent >= MAX_REQUESTS) {
      throw new NotAnsweredError(`${MAX_REQUESTS} requests were sent`);
    }
    this.#sent += 1;
    const path = template.replace(/\{(\w+)\}/g, (whole, name: string) =>
      (names[name] ?? whole).split('/').map(encodeURIComponent).join('/'),
    );
    const response = await this.#fetch(path, accept);
    if (response.status === 429) {
      this.#refusals.add(limitHeaders(response.headers));
    }
    const { status, headers } = response;
    for (const [name, count] of this.#counts) {
      this.#counts.set(name, count + Number(headers.has(name)));
    }
    return { response, answer: { request: template, status, headers } };
  }

  async #fetch(path: string, accept: string): Promise<Response> {
    try {
      return await fetch(`${this.#baseUrl}${path}`, {
        headers: {
          Accept: accept,
          ...(this.#token && { Authorization: `Bearer ${this.#token}` }),
        },
        // So that the token goes nowhere else, and a redirect is seen.
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (error) {
      throw failed('no answer came', error);
    }
  }
}

/** Without the message, which may have what was sent. */
function failed(what: string, error: unknown): NotAnsweredError {
  const { code, name } = Object(Object(error).cause ?? error);
  return new NotAnsweredError(`${what} (${code ?? name})`);
}

/** `Retry-After: 1, X-RateLimit-Limit: 60`, or that there is none of them. */
function limitHeaders(headers: Headers): string {
  const found = [...headers].filter(([name]) =>
    /^(?:retry-after|x-ratelimit-.*|ratelimit.*)$/i.test(name),
  );
  return found.map(header => header.join(': ')).join(', ') || 'none of them';
}

async function parse(response: Response): Promise<unknown> {
  return toJson(await read(response, MAX_BYTES));
}

function toJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

/** No more than so many bytes, however many there are. */
async function read(response: Response, most: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= most) {
        break;
      }
    }
  } catch (error) {
    throw failed('the answer broke off', error);
  }
  return Buffer.concat(chunks);
}

function exceptionOf(json: unknown): string | undefined {
  const { errors } = Object(json);
  const [error] = Array.isArray(errors) ? errors : [];
  const name = String(Object(error).exceptionName ?? '');
  return /^com\.atlassian\.(?:\w+\.)*(\w+)$/.exec(name)?.[1];
}

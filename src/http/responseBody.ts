import { pipeline } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip, gunzip } from 'node:zlib';
import { z } from 'zod';
import { BitbucketErrorDetails, UnexpectedResponseError } from '../scm/errors';
import { displayUrl } from './urls';

const decompress = promisify(gunzip);

/** How much of the page of an error is read, in bytes: its message comes first. */
export const MAX_ERROR_BYTES = 4 * 1024;

/**
 * The largest body to read into memory, where a request sets no limit of its
 * own. A full page of anything is far smaller.
 */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** A body in a content coding that was not asked for. */
export class UnknownEncodingError extends Error {}

/**
 * Undoes a body's `Content-Encoding`.
 *
 * @param maxBytes - the most that it may be when it is decompressed
 * @throws zlib's error when the body is broken, cut short or, decompressed,
 * too large; UnknownEncodingError for anything but gzip
 */
export async function decodeBody(
  body: Buffer,
  encoding: string | null,
  maxBytes: number,
): Promise<Buffer> {
  return body.length > 0 && isCompressed(encoding)
    ? decompress(body, { maxOutputLength: maxBytes })
    : body;
}

/**
 * The beginning of a body without its `Content-Encoding`. The rest is neither waited for
 * nor kept, however much there is.
 *
 * @param maxBytes - how much of it, when it is decompressed
 * @throws as {@link decodeBody}, as far as the beginning is concerned
 */
export async function decodeStart(
  body: NodeJS.ReadableStream,
  encoding: string | null,
  maxBytes: number,
): Promise<Buffer> {
  if (!isCompressed(encoding)) {
    return readStart(body, maxBytes);
  }
  const gunzipped = createGunzip();
  // Its errors come with the iteration.
  pipeline(body, gunzipped, () => {});
  try {
    return await readStart(gunzipped, maxBytes);
  } catch (error) {
    const { code } = Object(error) as { code?: unknown };
    if (code === 'Z_BUF_ERROR' && gunzipped.bytesWritten === 0) {
      // Nothing at all is as good as nothing compressed.
      return Buffer.alloc(0);
    }
    throw error;
  }
}

async function readStart(
  body: NodeJS.ReadableStream,
  maxBytes: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    const buffer = Buffer.from(chunk);
    chunks.push(buffer);
    bytes += buffer.length;
    if (bytes >= maxBytes) {
      break;
    }
  }
  return Buffer.concat(chunks).subarray(0, maxBytes);
}

function isCompressed(encoding: string | null): boolean {
  if (!encoding || encoding === 'identity') {
    return false;
  }
  if (encoding !== 'gzip') {
    throw new UnknownEncodingError(encoding);
  }
  return true;
}

/** An answer, of which status and body are read. */
type Answer = { status: number; headers?: unknown; body: Buffer };

/** What a request holds that no message may show. */
type Secrets = {
  headers?: Record<string, string>;
  secrets?: readonly string[];
};

/** A body that should be JSON and is not; worth another try. */
export class MalformedBodyError extends UnexpectedResponseError {}

/**
 * Reads a JSON body of a known shape. Fields that the schema does not know are
 * ignored.
 *
 * @throws MalformedBodyError when it is not JSON; UnexpectedResponseError when
 * a field is wrong, which it names
 */
export function readJson<T>(
  request: { method: string; url: string },
  response: Answer,
  schema: z.ZodType<T>,
): T {
  const details = {
    method: request.method,
    url: displayUrl(request.url),
    status: response.status,
  };
  const result = schema.safeParse(parseBody(response, details));
  if (result.success) {
    return result.data;
  }
  const [{ path, message }] = result.error.issues;
  throw new UnexpectedResponseError(
    `the response does not have the expected shape: ${
      path.length > 0 ? `${fieldName(path)}: ` : ''
    }${message}`,
    details,
  );
}

function parseBody(response: Answer, details: BitbucketErrorDetails): unknown {
  const text = response.body.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    throw new MalformedBodyError(
      text.trim() === ''
        ? 'the response is empty where JSON was expected'
        : 'the response is not JSON',
      details,
    );
  }
}

/** `['values', 3, 'uuid']` as people write it: `values[3].uuid`. */
function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map(key => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

/** What the body of a refusal says. */
export type ErrorBody = {
  /** For people: one line, at most 300 characters, without secrets. */
  message?: string;
  /** Scopes that the endpoint asks for. */
  required?: string[];
  /** Scopes that the credential has. */
  granted?: string[];
  /** Whether the commit that was asked for is what is missing. */
  namesCommits: boolean;
  /** Whether it has the shape of Bitbucket Cloud's errors; a gateway's page has not. */
  isBitbucketError: boolean;
  /** The Java class of Bitbucket Data Center's exception, in full, of the first error. */
  exceptionName?: string;
  /** Which field of the request Bitbucket Data Center's first error is about. */
  context?: string;
};

// https://developer.atlassian.com/cloud/bitbucket/rest/intro/#standardized-error-responses
const standardError = z.object({
  error: z.object({
    message: z.string(),
    detail: z.unknown().optional(),
    fields: z.unknown().optional(),
    data: z.unknown().optional(),
  }),
});
// Code Insights and other newer endpoints.
const keyedError = z.object({ key: z.string(), message: z.string() });
// Code Insights, of a request that is wrong. Other products answer like this too, so
// it says something to people and proves nothing.
const codedError = z.object({ code: z.number(), message: z.string() });

// https://developer.atlassian.com/server/bitbucket/rest/ ("Errors & Validation")
const dataCenterErrors = z.object({
  errors: z
    .array(
      z.object({
        context: z.string().nullish(),
        message: z.string().nullish(),
        exceptionName: z.string().nullish(),
      }),
    )
    .nonempty(),
});

const scopesDetail = z.object({
  required: z.array(z.string()),
  granted: z.array(z.string()),
});
const wrongFields = z.record(
  z.string(),
  z.union([z.string(), z.array(z.string())]),
);
const commitsData = z.object({ shas: z.array(z.string()) });

/**
 * Reads the body of a refusal, which may be Bitbucket's JSON, a gateway's HTML page or
 * plain text. Only its first 4 KB are looked at.
 *
 * @param request - should the answer repeat the secrets that it holds, they are
 * blotted out
 */
export function readErrorBody(body: Buffer, request: Secrets = {}): ErrorBody {
  const text = body.subarray(0, MAX_ERROR_BYTES).toString('utf8');
  const forPeople = (message?: string) =>
    message && oneLine(withoutSecrets(message, request));

  const json = parse(text);
  const standard = standardError.safeParse(json);
  if (standard.success) {
    const { message, detail, fields, data } = standard.data.error;
    const scopes = scopesDetail.safeParse(detail);
    return {
      message: forPeople(
        [
          message,
          ...(typeof detail === 'string' ? [detail] : []),
          ...describeFields(fields),
        ].join(' '),
      ),
      required: scopes.data?.required,
      granted: scopes.data?.granted,
      namesCommits: commitsData.safeParse(data).success,
      isBitbucketError: true,
    };
  }

  const { data: dataCenter } = dataCenterErrors.safeParse(json);
  if (dataCenter) {
    const [{ context, exceptionName }] = dataCenter.errors;
    return {
      message: forPeople(dataCenter.errors.map(wordsOf).join(' ')),
      namesCommits: false,
      isBitbucketError: false,
      exceptionName: exceptionName ?? undefined,
      context: context ?? undefined,
    };
  }

  const keyed = keyedError.safeParse(json);
  const { data: known = codedError.safeParse(json).data } = keyed;
  return {
    message: forPeople(known ? known.message : messageOfText(text)),
    namesCommits: false,
    isBitbucketError: keyed.success,
  };
}

/** An error of Bitbucket Data Center, with the field that it is about. */
function wordsOf(error: {
  context?: string | null;
  message?: string | null;
}): string {
  return [error.context, error.message].filter(Boolean).join(': ');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Of an HTML page only its title is for people, of JSON that is cut off its message. */
function messageOfText(text: string): string | undefined {
  if (/^\s*</.test(text)) {
    return /<title[^>]*>([^<]*)/i.exec(text)?.[1];
  }
  const [, message] =
    /^\s*\{[^]*?"message"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(text) ?? [];
  return message === undefined ? text : String(parse(message) ?? text);
}

/** What is wrong with each field of a request. */
function describeFields(fields: unknown): string[] {
  const { data = {} } = wrongFields.safeParse(fields);
  return Object.entries(data).map(
    ([name, problems]) => `${name}: ${[problems].flat().join(' ')}`,
  );
}

function oneLine(text: string): string {
  return text
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, 300);
}

/** Replaces the secrets of a request, should a server repeat them. */
function withoutSecrets(
  text: string,
  { headers, secrets = [] }: Secrets,
): string {
  return [...secretsIn(headers?.Authorization), ...secrets]
    .filter(secret => secret !== '')
    .reduce(
      (result, secret) =>
        withoutStartOf(secret, result.replaceAll(secret, '<secret>')),
      text,
    );
}

/** Takes a secret off the end of a text that was cut off within it. */
function withoutStartOf(secret: string, text: string): string {
  let length = Math.min(secret.length - 1, text.length);
  while (length > 3 && !text.endsWith(secret.slice(0, length))) {
    length -= 1;
  }
  return length > 3 ? `${text.slice(0, -length)}<secret>` : text;
}

/** What an `Authorization` header holds. */
function secretsIn(authorization?: string): string[] {
  const [scheme, value = ''] = authorization?.split(' ') ?? [];
  if (scheme !== 'Basic') {
    return [value];
  }
  const decoded = Buffer.from(value, 'base64').toString('utf8');
  return [value, decoded.slice(decoded.indexOf(':') + 1)];
}

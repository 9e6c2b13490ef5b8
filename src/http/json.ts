import { z } from 'zod';
import { BitbucketErrorDetails, UnexpectedResponseError } from '../scm/errors';
import { HttpRequest, HttpResponse } from './transport';
import { displayUrl } from './urls';

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
  request: HttpRequest,
  response: HttpResponse,
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

function parseBody(
  response: HttpResponse,
  details: BitbucketErrorDetails,
): unknown {
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

import { z } from 'zod';
import { Ask } from './ask';
import { readJson } from './json';
import { paginate } from './paging';
import { pageOf } from './schemas';
import { RequestContext } from './types';

/** What is asked for wherever an answer is to be JSON. */
export const JSON_WANTED = { Accept: 'application/json' };

/** Asks for something of a known shape. */
export function getJson<T>(
  ask: Ask,
  url: string,
  schema: z.ZodType<T>,
  context?: RequestContext,
): Promise<T> {
  return ask({
    request: { method: 'GET', url, headers: JSON_WANTED, ...context },
    read: (response, request) => readJson(request, response, schema),
  });
}

/** Asks for the rows of a list, page by page. One that is not of the expected shape fails it. */
export function listJson<T>(
  ask: Ask,
  url: string,
  row: z.ZodType<T>,
  context?: RequestContext,
): AsyncIterable<T> {
  const page = pageOf(row);
  return paginate(url, pageUrl => getJson(ask, pageUrl, page, context));
}

import type { Request, Response } from 'express';
import type { SimulatorContext } from './context';
import { ApiError, badRequest } from './errors';
import { selectFields } from './fields';
import { Fields, parseQuery, QuerySyntaxError, sortBy } from './query';

/** How many values a page has, and how many it may have. */
type Pagelen = { default: number; max: number };

const PAGELEN: Pagelen = { default: 10, max: 100 };

/** A query parameter; undefined when it is missing or empty. */
export function parameter(req: Request, name: string): string | undefined {
  const value = req.query[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** All values of a query parameter that may be repeated; empty ones do not count. */
export function parameters(req: Request, name: string): string[] {
  const values = [req.query[name] ?? []].flat();
  return values.filter(
    (value): value is string => typeof value === 'string' && value !== '',
  );
}

/** The items that `q` asks for, in the order that `sort` asks for. */
export function filterAndSort<T>(
  req: Request,
  items: T[],
  fields: Fields<T>,
): T[] {
  const q = parameter(req, 'q');
  const sort = parameter(req, 'sort');
  return refusing(() => {
    const found = q === undefined ? items : items.filter(parseQuery(q, fields));
    return sort === undefined ? found : sortBy(found, sort, fields);
  });
}

/** Turns a query that cannot be understood into a bad request. */
function refusing<R>(evaluate: () => R): R {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof QuerySyntaxError) {
      throw badRequest(`Invalid query: ${error.message}`);
    }
    throw error;
  }
}

/**
 * Sends the page of a list that the request asks for, cut to its `fields`.
 *
 * @see https://developer.atlassian.com/cloud/bitbucket/rest/intro/#pagination
 */
export function sendPage<T>(
  context: SimulatorContext,
  req: Request,
  res: Response,
  list: {
    items: readonly T[];
    toBody: (item: T) => unknown;
    /** Paths within a value that are left out unless `fields` asks for them. */
    hidden?: string[];
    /** Whether pages are named by tokens and the number of items stays untold. */
    opaque?: boolean;
    /** Default: 10, and at most 100. */
    pagelen?: Pagelen;
  },
): void {
  const pagelen = readPagelen(req, list.pagelen ?? PAGELEN);
  const page = readPage(req, list.opaque ?? false);
  const start = (page - 1) * pagelen;
  const { length } = list.items;
  if (page > 1 && start >= length) {
    throw new ApiError(404, 'Invalid page');
  }
  const values = list.items.slice(start, start + pagelen).map(list.toBody);
  const next =
    start + pagelen < length
      ? { next: pageUrl(context, req, page + 1, list.opaque ?? false) }
      : {};
  const body = list.opaque
    ? { pagelen, values, ...next }
    : { pagelen, size: length, page, values, ...next };
  res.json(
    selectFields(
      body,
      parameter(req, 'fields'),
      list.hidden?.map(path => `values.${path}`),
    ),
  );
}

function readPagelen(req: Request, limits: Pagelen): number {
  const given = parameter(req, 'pagelen');
  const pagelen = given === undefined ? limits.default : Number(given);
  if (!Number.isInteger(pagelen) || pagelen < 1 || pagelen > limits.max) {
    throw badRequest('Invalid pagelen');
  }
  return pagelen;
}

function readPage(req: Request, opaque: boolean): number {
  const given = parameter(req, 'page') ?? '1';
  const page = Number(
    opaque && given !== '1'
      ? Buffer.from(given, 'base64url').toString().replace('page:', '')
      : given,
  );
  if (!Number.isInteger(page) || page < 1) {
    throw new ApiError(404, 'Invalid page');
  }
  return page;
}

function pageUrl(
  context: SimulatorContext,
  req: Request,
  page: number,
  opaque: boolean,
): string {
  const url = new URL(req.originalUrl, context.origin);
  const name = opaque
    ? Buffer.from(`page:${page}`).toString('base64url')
    : String(page);
  url.searchParams.set('page', name);
  return url.href;
}

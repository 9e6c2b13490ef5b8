import type { Request, Response } from 'express';
import { badRequest } from './errors';

/** A query parameter; undefined when it is missing or empty. */
export function parameter(req: Request, name: string): string | undefined {
  const value = req.query[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** All values of a query parameter that may be repeated; empty ones do not count. */
export function parameters(req: Request, name: string): string[] {
  return [req.query[name] ?? []]
    .flat()
    .filter(
      (value): value is string => typeof value === 'string' && value !== '',
    );
}

type PageRequest = { start: number; limit: number };

const DEFAULT_LIMIT = 25;

/** A limit that is too high is lowered without a word. */
export function readPage(req: Request, max: number): PageRequest {
  const limit = readNumber(req, 'limit', DEFAULT_LIMIT);
  return { start: readNumber(req, 'start', 0), limit: Math.min(limit, max) };
}

function readNumber(req: Request, name: string, otherwise: number): number {
  const number = Number(parameter(req, name) ?? otherwise);
  if (!Number.isInteger(number) || number < 0) {
    throw badRequest(`${name} must be a number that is not negative`, name);
  }
  return number;
}

/**
 * The page of a list that is asked for. `start` counts the rows of the list
 * before those are left out that `isVisible` does not show, so `nextPageStart`
 * may be more than `start + size`.
 */
export function pageOf<T>(
  items: readonly T[],
  { start, limit }: PageRequest,
  isVisible: (item: T) => boolean = () => true,
) {
  const values: T[] = [];
  let next = start;
  while (next < items.length && values.length < limit) {
    if (isVisible(items[next])) {
      values.push(items[next]);
    }
    next += 1;
  }
  // Nothing more that could be seen is the end, too.
  while (next < items.length && !isVisible(items[next])) {
    next += 1;
  }
  const isLastPage = next >= items.length;
  return {
    size: values.length,
    limit,
    isLastPage,
    values,
    start,
    nextPageStart: isLastPage ? null : next,
  };
}

/** Sends the page of a list that the request asks for. */
export function sendPage<T>(
  req: Request,
  res: Response,
  list: {
    items: readonly T[];
    toBody: (item: T) => unknown;
    /** The most that a page holds. */
    max: number;
    isVisible?: (item: T) => boolean;
    /** What stands beside the rows. */
    beside?: object;
  },
): void {
  const { values, ...page } = pageOf(
    list.items,
    readPage(req, list.max),
    list.isVisible,
  );
  res.json({ ...page, values: values.map(list.toBody), ...list.beside });
}

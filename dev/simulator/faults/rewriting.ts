import type { Endpoint } from '../endpoints';
import type { ApiError } from '../errors';
import type { Commit } from '../world';
import type { Fault, FaultTarget, Rewrite, SimulatedResponse } from './types';

/** Which requests are struck; once by default. */
export type WrongTarget = Pick<FaultTarget, 'path' | 'skip' | 'times'>;

export type Row = Record<string, unknown>;

/** Which rows of a list are wrong. Default: all. */
export type WrongRows = { rows?: string[] | ((row: Row) => boolean) };

/** @typeParam E - names of the endpoints of the product that is simulated */
export function rewrite<E extends string = Endpoint>(
  endpoint: E,
  { path, skip, times = 1 }: WrongTarget,
  change: Rewrite,
): Fault<E> {
  return {
    kind: 'rewrite',
    endpoint,
    method: 'GET',
    path,
    skip,
    times,
    // What is a failure already is not made wrong.
    rewrite: (response, url) =>
      response.status === 200
        ? unlessSame(response, change(response, url))
        : undefined,
  };
}

function unlessSame(
  before: SimulatedResponse,
  after: SimulatedResponse | undefined,
): SimulatedResponse | undefined {
  const isSame =
    after?.status === before.status && after.body.equals(before.body);
  return isSame ? undefined : after;
}

/** Stands for a row that a page lacks. */
export const LEFT_OUT = Symbol('left out');

export function changedRows<E extends string = Endpoint>(
  endpoint: E,
  target: WrongTarget & WrongRows,
  change: (row: Row) => Row | null | typeof LEFT_OUT,
): Fault<E> {
  return rewrite(
    endpoint,
    target,
    onPages(page => ({
      ...page,
      values: page.values
        .map(row => (isWrong(row, target) ? change(row) : row))
        .filter(row => row !== LEFT_OUT),
    })),
  );
}

export function isWrong(row: Row, { rows }: WrongRows): boolean {
  if (!Array.isArray(rows)) {
    return rows?.(row) ?? true;
  }
  const sides = [row.old, row.new] as ({ path?: string } | null | undefined)[];
  const names = [
    row.uuid,
    row.full_name,
    row.slug,
    row.path,
    ...sides.map(side => side?.path),
  ];
  return names.some(name => rows.includes(String(name)));
}

type Page = Row & { values: Row[] };

export function pageIn({ body }: SimulatedResponse): Page | undefined {
  const parsed = parse(body);
  return Array.isArray(parsed?.values) ? (parsed as Page) : undefined;
}

export function onPages(change: (page: Page) => Row): Rewrite {
  return response => {
    const page = pageIn(response);
    return page && withJson(response, change(page));
  };
}

export function onObject(change: (object: Row) => Row): Rewrite {
  return response => {
    const object = parse(response.body);
    return object && withJson(response, change(object));
  };
}

function parse(body: Buffer): Row | undefined {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

export const cutOff =
  (rows: number) =>
  ({ next: _, ...page }: Page) => ({
    ...page,
    values: page.values.slice(0, rows),
  });

const withJson = (response: SimulatedResponse, value: unknown) => ({
  ...response,
  body: Buffer.from(JSON.stringify(value)),
});

export const errorResponse = ({
  status,
  body,
}: Pick<ApiError, 'status'> & { body: object }): SimulatedResponse => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: Buffer.from(JSON.stringify(body)),
});

/** Only a file has an ETag. */
export function inPlaceOfFile(
  target: WrongTarget,
  contentType: string,
  body: string,
): Fault {
  return rewrite('src', target, ({ headers }) =>
    headers.etag === undefined
      ? undefined
      : {
          status: 200,
          headers: { 'content-type': contentType },
          body: Buffer.from(body),
        },
  );
}

/** An empty repository has no main branch, and stays as it is. */
export const withMainBranchAt = (row: Row, commit: Commit | undefined): Row =>
  row.mainbranch
    ? { ...row, mainbranch: withTarget(row.mainbranch as Row, commit) }
    : row;

export function withTarget({ target, ...branch }: Row, commit?: Commit): Row {
  return commit
    ? { ...branch, target: { ...(target as Row), hash: commit.hash } }
    : branch;
}

/** Of `/2.0/repositories/{workspace}/{slug}/src/{commit}/{path}`. */
export const sourcePath = (url: URL) =>
  url.pathname.split('/').slice(7).map(decodeURIComponent).join('/');

export function afterSegment({ pathname }: URL, segment: string): string {
  const [, rest = ''] = pathname.split(`/${segment}/`);
  return decodeURIComponent(rest);
}

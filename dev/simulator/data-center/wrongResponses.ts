/**
 * Wrong responses that look right: well-formed, with a status and a body that
 * Bitbucket Data Center sends every day, and not true.
 *
 * Each function returns a fault. By default it strikes the next response that
 * it can change, once, and leaves all others as they are; `path`, `skip` and
 * `times` are those of any fault:
 *
 *     import { dataCenterWrongResponses } from '…/dev/simulator/data-center';
 *     const { emptyList, hiddenRepository } = dataCenterWrongResponses;
 *     simulator.faults.add(emptyList({ endpoint: 'projectRepositories' }));
 *     simulator.faults.add(hiddenRepository({ path: '/repos/api', times: Infinity }));
 *
 * `rows` names rows by slug or path, or picks them; all are wrong without it.
 */
import {
  changedRows as changedRowsOf,
  errorResponse,
  LEFT_OUT,
  onObject,
  onPages,
  rewrite,
  Row,
  WrongRows,
  WrongTarget,
} from '../faults/rewriting';
import type { Endpoint } from './endpoints';
import {
  notFound,
  notPermitted,
  unknownCommit,
  unknownPath,
  unknownProject,
  unknownRepository,
} from './errors';

/** Which list is wrong. Default: that of all repositories. */
type List = WrongTarget & WrongRows & { endpoint?: Endpoint };

function changedRows(
  { endpoint = 'repositories', rows, ...target }: List,
  change: (row: Row) => Row | null | typeof LEFT_OUT,
) {
  const isWrong = Array.isArray(rows)
    ? (row: Row) => rows.includes(nameOf(row))
    : rows;
  return changedRowsOf(endpoint, { ...target, rows: isWrong }, change);
}

/** A file of `files` is a string, that of a change has its path in a property. */
function nameOf(row: Row | string): string {
  if (typeof row === 'string') {
    return row;
  }
  const path = row.path as { toString?: unknown } | undefined;
  return String(row.slug ?? path?.toString ?? row.displayId);
}

/** Rows are left out of a page; everything else stays. */
export const listWithoutRows = (target: List = {}) =>
  changedRows(target, () => LEFT_OUT);

/** Rows are null. */
export const listWithNullRows = (target: List = {}) =>
  changedRows(target, () => null);

/** Rows lack a field, such as `project` or `id`. */
export const listWithoutField = ({
  field,
  ...target
}: List & { field: string }) =>
  changedRows(target, ({ [field]: _, ...row }) => row);

/** Pages of a list are changed. */
const changedPages =
  (change: Parameters<typeof onPages>[0]) =>
  ({ endpoint = 'repositories', ...target }: List = {}) =>
    rewrite<Endpoint>(endpoint, target, onPages(change));

/** A page is empty, and the last one. */
export const emptyList = changedPages(page => ({
  ...page,
  values: [],
  size: 0,
  isLastPage: true,
  nextPageStart: null,
}));

/** A page is the last one, although there are more. */
export const listWithoutNextPage = changedPages(page => ({
  ...page,
  isLastPage: true,
  nextPageStart: null,
}));

/** A page says that there are more, and not from where on. */
export const listWithoutStart = changedPages(page => ({
  ...page,
  isLastPage: false,
  nextPageStart: null,
}));

/** A page leads to itself. */
export const listInCircles = changedPages(page => ({
  ...page,
  isLastPage: false,
  nextPageStart: page.start,
}));

const refused = (
  endpoint: Endpoint,
  target: WrongTarget,
  error: { status: number; body: object },
) => rewrite<Endpoint>(endpoint, target, () => errorResponse(error));

/** A repository does not exist. */
export const missingRepository = (target: WrongTarget = {}) =>
  refused('repository', target, unknownRepository('PAY', 'api'));

/** A repository may not be seen. */
export const hiddenRepository = (target: WrongTarget = {}) =>
  refused('repository', target, notPermitted());

/** The repositories of a project that does not exist. */
export const missingProject = (target: WrongTarget = {}) =>
  refused('projectRepositories', target, unknownProject('PAY'));

/** The default branch is not there. */
export const missingBranch = (target: WrongTarget = {}) =>
  refused('branchesDefault', target, notFound());

/** A repository is empty, by its default branch. */
export const emptyRepository = (target: WrongTarget = {}) =>
  rewrite<Endpoint>('branchesDefault', target, ({ headers }) => ({
    status: 204,
    headers: { 'x-arequestid': headers['x-arequestid'] ?? '*SIM' },
    body: Buffer.alloc(0),
  }));

/** The default branch is where it was before. */
export const staleBranch = ({
  commit,
  ...target
}: WrongTarget & { commit: string }) =>
  rewrite<Endpoint>(
    'branchesDefault',
    target,
    onObject(branch => ({
      ...branch,
      latestCommit: commit,
      latestChangeset: commit,
    })),
  );

/** A commit does not exist. */
export const missingCommit = ({
  endpoint = 'commit',
  ...target
}: WrongTarget & { endpoint?: Endpoint } = {}) =>
  refused(endpoint, target, unknownCommit('refs/heads/main', 'api'));

/** A file, a folder or a list of files does not exist. */
export const missingPath = ({
  endpoint = 'raw',
  ...target
}: WrongTarget & { endpoint?: Endpoint } = {}) =>
  refused(endpoint, target, unknownPath('catalog-info.yaml', 'main'));

/** A file is empty. */
export const emptyFile = (target: WrongTarget = {}) =>
  rewrite<Endpoint>('raw', target, response => ({
    ...response,
    body: Buffer.alloc(0),
  }));

/** A page for people, such as that of a login, stands in place of an answer. */
export const htmlPage = ({
  endpoint = 'raw',
  ...target
}: WrongTarget & { endpoint?: Endpoint } = {}) =>
  rewrite<Endpoint>(endpoint, target, () => ({
    status: 200,
    headers: { 'content-type': 'text/html;charset=UTF-8' },
    body: Buffer.from(
      '<!DOCTYPE html><html><head><title>Log in - Bitbucket</title></head><body></body></html>',
    ),
  }));

/**
 * Wrong responses that look right: well-formed, with a status and a body that
 * Bitbucket sends every day, and not true.
 *
 * Each function returns a fault. By default it strikes the next response that it
 * can change, once, and leaves all others as they are:
 *
 *     import { wrongResponses } from '…/dev/simulator';
 *     const { listWithoutMainBranches, missingFile } = wrongResponses;
 *     simulator.faults.add(listWithoutMainBranches());
 *     simulator.faults.add(missingFile({ path: '/shop/' }));
 *     simulator.faults.add(wrongResponses.listWithoutRows({ rows: ['acme/shop'], times: 3 }));
 *     simulator.faults.add(wrongResponses.missingRepository({ times: Infinity }));
 *
 * `path`, `skip` and `times` are those of any fault; `path` is compared with the
 * encoded URL, query included, so that `/updated_on/` strikes the lists of what
 * was updated, and `/sort=created_on/` the full list. `rows` names the rows that
 * are wrong, by uuid, full name, slug or path, or picks them; all of them are
 * wrong without it. `faults.add` returns a function that takes the fault away.
 *
 * Lists of repositories: listWithoutMainBranches, listWithNullMainBranches,
 * listWithoutRows, listWithNullRows, listWithoutField, listWithOtherProject,
 * listWithRepeatedRows, emptyList, listWithoutNextPage, listWithoutHeads,
 * staleHeads.
 * One repository: missingRepository, repositoryWithoutMainBranch,
 * repositoryWithNullMainBranch, repositoryInOtherProject.
 * Branches and commits: missingBranch, missingCommit, staleBranch.
 * Files: missingFile, htmlPage, emptyFile, folderInPlaceOfFile.
 * Listings of files: listingWithoutRows, emptyListing, missingFolder.
 * Differences: diffstatWithoutRows, emptyDiffstat.
 * Any of them: unknownNotFound.
 */
import type { Endpoint } from '../endpoints';
import {
  ApiError,
  unknownBranch,
  unknownCommit,
  unknownPath,
  unknownRepository,
} from '../errors';
import type { Commit, SimulatedWorkspace } from '../world';
import type { Fault, FaultTarget, Rewrite, SimulatedResponse } from './types';

/** Which requests are struck; once by default. */
export type WrongTarget = Pick<FaultTarget, 'path' | 'skip' | 'times'>;

type Row = Record<string, unknown>;

/** Which rows of a list are wrong. Default: all. */
export type WrongRows = { rows?: string[] | ((row: Row) => boolean) };

const DEFAULT_PROJECT = { key: 'WRONG', name: 'Wrong' };

/** Rows have no `mainbranch`, as if nobody had asked for it. */
export const listWithoutMainBranches = (target: WrongTarget & WrongRows = {}) =>
  listWithoutField({ ...target, field: 'mainbranch' });

/** Rows have `mainbranch: null`, as those of empty repositories. */
export const listWithNullMainBranches = (
  target: WrongTarget & WrongRows = {},
) => changedRows('repositories', target, row => ({ ...row, mainbranch: null }));

/** Rows are left out of a page; `next` stays. */
export const listWithoutRows = (target: WrongTarget & WrongRows = {}) =>
  changedRows('repositories', target, () => LEFT_OUT);

/** Rows are null. */
export const listWithNullRows = (target: WrongTarget & WrongRows = {}) =>
  changedRows('repositories', target, () => null);

/** Rows lack a field, such as `is_private` or `project`. */
export const listWithoutField = ({
  field,
  ...target
}: WrongTarget & WrongRows & { field: string }) =>
  changedRows('repositories', target, ({ [field]: _, ...row }) => row);

/** Rows are of another project. */
export const listWithOtherProject = ({
  project = DEFAULT_PROJECT,
  ...target
}: WrongTarget & WrongRows & { project?: Row } = {}) =>
  changedRows('repositories', target, row => ({ ...row, project }));

/** Rows come twice. */
export const listWithRepeatedRows = (target: WrongTarget & WrongRows = {}) =>
  rewrite(
    'repositories',
    target,
    onPages(page => ({
      ...page,
      values: page.values.flatMap(row =>
        isWrong(row, target) ? [row, row] : [row],
      ),
    })),
  );

/** A page is empty, and the last one. */
export const emptyList = (target: WrongTarget = {}) =>
  rewrite('repositories', target, onPages(cutOff(0)));

/** A page is the last one, although there are more. */
export const listWithoutNextPage = (target: WrongTarget = {}) =>
  rewrite('repositories', target, onPages(cutOff(Infinity)));

/** Rows have no `mainbranch.target`, as if nobody had asked for it. */
export const listWithoutHeads = (target: WrongTarget & WrongRows = {}) =>
  changedRows('repositories', target, row => withMainBranchAt(row, undefined));

/** The heads of rows are one commit old, where there is an older one. */
export const staleHeads = (
  workspace: SimulatedWorkspace,
  target: WrongTarget & WrongRows = {},
) =>
  changedRows('repositories', target, row => {
    const repository = workspace.findRepository(String(row.uuid ?? row.slug));
    const older = repository?.head?.parents[0];
    return older ? withMainBranchAt(row, older) : row;
  });

/** A repository is said not to exist, in Bitbucket's words. */
export const missingRepository = (target: WrongTarget = {}) =>
  rewrite('repository', target, () => errorResponse(unknownRepository()));

/** A repository has no `mainbranch`. */
export const repositoryWithoutMainBranch = (target: WrongTarget = {}) =>
  rewrite(
    'repository',
    target,
    onObject(({ mainbranch: _, ...repository }) => repository),
  );

/** A repository has `mainbranch: null`, as an empty one. */
export const repositoryWithNullMainBranch = (target: WrongTarget = {}) =>
  rewrite(
    'repository',
    target,
    onObject(repository => ({ ...repository, mainbranch: null })),
  );

/** A repository is of another project. */
export const repositoryInOtherProject = ({
  project = DEFAULT_PROJECT,
  ...target
}: WrongTarget & { project?: Row } = {}) =>
  rewrite(
    'repository',
    target,
    onObject(repository => ({ ...repository, project })),
  );

/** A branch is said not to exist, in Bitbucket's words. */
export const missingBranch = (target: WrongTarget = {}) =>
  rewrite('branch', target, (_, url) =>
    errorResponse(unknownBranch(afterSegment(url, 'branches'))),
  );

/** The head of a branch is one commit old, where there is an older one. */
export const staleBranch = (
  workspace: SimulatedWorkspace,
  target: WrongTarget = {},
) =>
  rewrite('branch', target, (response, url) =>
    onObject(branch => {
      const [, , , , slug] = url.pathname.split('/').map(decodeURIComponent);
      const { hash } = (branch.target ?? {}) as { hash?: string };
      const commit = workspace.findRepository(slug)?.resolve(String(hash));
      const older = commit?.parents[0];
      return older ? withTarget(branch, older) : branch;
    })(response, url),
  );

/** A commit is said not to exist, in Bitbucket's words. */
export const missingCommit = (target: WrongTarget = {}) =>
  rewrite('src', target, (_, url) =>
    errorResponse(unknownCommit(url.pathname.split('/')[6])),
  );

/** A file is said not to exist, in Bitbucket's words. */
export const missingFile = (target: WrongTarget = {}) =>
  rewrite('src', target, (response, url) =>
    pageIn(response) ? undefined : errorResponse(unknownPath(sourcePath(url))),
  );

/** A page of HTML comes with status 200 and without an ETag. */
export const htmlPage = (target: WrongTarget = {}) =>
  inPlaceOfFile(
    target,
    'text/html; charset=utf-8',
    '<!DOCTYPE html>\n<html>\n<title>Bitbucket</title>\n<p>We will be back soon.</p>\n</html>\n',
  );

/** Nothing comes with status 200 and without an ETag. */
export const emptyFile = (target: WrongTarget = {}) =>
  inPlaceOfFile(target, 'text/plain', '');

/** The listing of a folder comes with status 200 and without an ETag. */
export const folderInPlaceOfFile = (target: WrongTarget = {}) =>
  inPlaceOfFile(target, 'application/json', '{"pagelen": 10, "values": []}');

/** Rows are left out of a listing of files. */
export const listingWithoutRows = (target: WrongTarget & WrongRows = {}) =>
  changedRows('src', target, () => LEFT_OUT);

/** A listing of files is empty, and has no other page. */
export const emptyListing = (target: WrongTarget = {}) =>
  rewrite('src', target, onPages(cutOff(0)));

/** A folder that is listed is said not to exist, in Bitbucket's words. */
export const missingFolder = (target: WrongTarget = {}) =>
  rewrite('src', target, (response, url) =>
    pageIn(response) ? errorResponse(unknownPath(sourcePath(url))) : undefined,
  );

/** Rows are left out of the differences between two commits. */
export const diffstatWithoutRows = (target: WrongTarget & WrongRows = {}) =>
  changedRows('diffstat', target, () => LEFT_OUT);

/** Two commits are said to have the same files. */
export const emptyDiffstat = (target: WrongTarget = {}) =>
  rewrite('diffstat', target, onPages(cutOff(0)));

/** A 404 in Bitbucket's form, with a message that says nothing. */
export const unknownNotFound = ({
  endpoint = 'branch',
  message = 'Not found',
  ...target
}: WrongTarget & { endpoint?: Endpoint; message?: string } = {}) =>
  rewrite(endpoint, target, () => errorResponse(new ApiError(404, message)));

function rewrite(
  endpoint: Endpoint,
  { path, skip, times = 1 }: WrongTarget,
  change: Rewrite,
): Fault {
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

const LEFT_OUT = Symbol('left out');

function changedRows(
  endpoint: Endpoint,
  target: WrongTarget & WrongRows,
  change: (row: Row) => Row | null | typeof LEFT_OUT,
): Fault {
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

function isWrong(row: Row, { rows }: WrongRows): boolean {
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

function pageIn({ body }: SimulatedResponse): Page | undefined {
  const parsed = parse(body);
  return Array.isArray(parsed?.values) ? (parsed as Page) : undefined;
}

function onPages(change: (page: Page) => Row): Rewrite {
  return response => {
    const page = pageIn(response);
    return page && withJson(response, change(page));
  };
}

function onObject(change: (object: Row) => Row): Rewrite {
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

const cutOff =
  (rows: number) =>
  ({ next: _, ...page }: Page) => ({
    ...page,
    values: page.values.slice(0, rows),
  });

const withJson = (response: SimulatedResponse, value: unknown) => ({
  ...response,
  body: Buffer.from(JSON.stringify(value)),
});

const errorResponse = ({ status, body }: ApiError): SimulatedResponse => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: Buffer.from(JSON.stringify(body)),
});

/** Only a file has an ETag. */
function inPlaceOfFile(
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
const withMainBranchAt = (row: Row, commit: Commit | undefined): Row =>
  row.mainbranch
    ? { ...row, mainbranch: withTarget(row.mainbranch as Row, commit) }
    : row;

function withTarget({ target, ...branch }: Row, commit?: Commit): Row {
  return commit
    ? { ...branch, target: { ...(target as Row), hash: commit.hash } }
    : branch;
}

/** Of `/2.0/repositories/{workspace}/{slug}/src/{commit}/{path}`. */
const sourcePath = (url: URL) =>
  url.pathname.split('/').slice(7).map(decodeURIComponent).join('/');

function afterSegment({ pathname }: URL, segment: string): string {
  const [, rest = ''] = pathname.split(`/${segment}/`);
  return decodeURIComponent(rest);
}

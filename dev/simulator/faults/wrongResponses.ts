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
 * Any of them: unknownNotFound, responseForAnother.
 */
import type { Endpoint } from '../endpoints';
import {
  ApiError,
  unknownBranch,
  unknownCommit,
  unknownPath,
  unknownRepository,
} from '../errors';
import type { SimulatedWorkspace } from '../world';
import {
  afterSegment,
  changedRows,
  cutOff,
  errorResponse,
  inPlaceOfFile,
  isWrong,
  LEFT_OUT,
  onObject,
  onPages,
  pageIn,
  rewrite,
  Row,
  sourcePath,
  withMainBranchAt,
  withTarget,
  WrongRows,
  WrongTarget,
} from './rewriting';
import type { SimulatedResponse } from './types';

const DEFAULT_PROJECT = { key: 'WRONG', name: 'Wrong' };

/** Rows have no `mainbranch`, as if `fields` had not named it. */
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

/** Rows have no `mainbranch.target`, as if `fields` had not named it. */
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

/** A response is the one to an earlier request of the same kind, for another URL. */
export const responseForAnother = ({
  endpoint,
  ...target
}: WrongTarget & { endpoint: Endpoint }) => {
  const seen = new Map<string, SimulatedResponse>();
  return rewrite(endpoint, target, (response, { pathname }) => {
    const [, other] = [...seen].find(([path]) => path !== pathname) ?? [];
    seen.set(pathname, response);
    return other;
  });
};

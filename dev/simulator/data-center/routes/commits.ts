import { Request, Response, Router } from 'express';
import {
  Commit,
  diffTrees,
  emptyTree,
  FileDiff,
  history,
  mergeBase,
  SimulatedRepository,
} from '../../world';
import { changeBody } from '../bodies/change';
import { commitBody } from '../bodies/commit';
import type { DataCenterContext } from '../context';
import { badRequest, unknownCommit } from '../errors';
import { commitAt, repositoryOf, resolve } from '../lookup';
import { pageOf, parameter, readPage, sendPage } from '../paging';

/** Commits, and what they change. */
export function commitRoutes(context: DataCenterContext): Router {
  const router = Router();
  const base = '/projects/:project/repos/:repository';

  router.get(`${base}/commits`, (req, res) => {
    const repository = repositoryOf(context, req, res);
    const until = commitAt(repository, req, 'until');
    const since = parameter(req, 'since');
    const path = parameter(req, 'path');
    const known = new Set(since ? history(resolve(repository, since)) : []);
    sendPage(req, res, {
      items: history(until).filter(
        commit =>
          !known.has(commit) && (path === undefined || changes(commit, path)),
      ),
      toBody: commitBody,
      max: context.limits.commits,
    });
  });

  router.get(`${base}/commits/:commit`, (req, res) => {
    const repository = repositoryOf(context, req, res);
    res.json(commitBody(commitOf(context, repository, req.params.commit)));
  });

  router.get(`${base}/commits/:commit/changes`, (req, res) => {
    const repository = repositoryOf(context, req, res);
    const until = commitOf(context, repository, req.params.commit);
    sendChangesUntil(context, req, res, repository, until);
  });

  router.get(`${base}/changes`, (req, res) => {
    const repository = repositoryOf(context, req, res);
    const until = parameter(req, 'until');
    if (until === undefined) {
      throw badRequest('until is required', 'until');
    }
    const commit = resolve(repository, until);
    sendChangesUntil(context, req, res, repository, commit);
  });

  // What is in `from` and not in `to`, as a pull request has it.
  router.get(`${base}/compare/changes`, (req, res) => {
    const repository = repositoryOf(context, req, res);
    const from = commitAt(repository, req, 'from');
    const to = commitAt(repository, req, 'to');
    const diffs = diffBetween(mergeBase(from, to), from);
    sendChanges(context, req, res, diffs);
  });

  return router;
}

/**
 * The commit of the URL: a hash; a branch or a tag is not found.
 *
 * @throws ApiError (404)
 */
export function commitOf(
  { quirks }: DataCenterContext,
  repository: SimulatedRepository,
  id: string,
): Commit {
  const isHash = quirks.shortHashes
    ? /^[0-9a-f]{7,40}$/i.test(id)
    : /^[0-9a-f]{40}$/i.test(id);
  const commit = isHash ? repository.resolve(id.toLowerCase()) : undefined;
  if (!commit?.hash.startsWith(id.toLowerCase())) {
    throw unknownCommit(id, repository.slug);
  }
  return commit;
}

/** Whether a commit changes a file, or anything below a folder. */
function changes(commit: Commit, path: string): boolean {
  const before = commit.parents[0]?.tree ?? emptyTree;
  if (before.get(path)?.hash !== commit.tree.get(path)?.hash) {
    return true;
  }
  return diffTrees(before, commit.tree, { renames: false }).some(diff =>
    (diff.new ?? diff.old)?.path.startsWith(`${path}/`),
  );
}

/** Since the commit that `since` names, or since the first parent. */
function sendChangesUntil(
  context: DataCenterContext,
  req: Request,
  res: Response,
  repository: SimulatedRepository,
  until: Commit,
): void {
  const since = parameter(req, 'since');
  const before =
    since === undefined ? until.parents[0] : resolve(repository, since);
  sendChanges(context, req, res, diffBetween(before, until), {
    fromHash: before?.hash ?? null,
    toHash: until.hash,
  });
}

export const diffBetween = (before: Commit | undefined, after: Commit) =>
  diffTrees(before?.tree ?? emptyTree, after.tree, { renames: true });

/**
 * What is beyond the most that an instance compares cannot be had: the last
 * page that there is says that it is not the last one.
 */
function sendChanges(
  { limits }: DataCenterContext,
  req: Request,
  res: Response,
  diffs: FileDiff[],
  beside: object = {},
): void {
  const reachable = diffs.slice(0, limits.changes);
  const { values, ...page } = pageOf(reachable, readPage(req, limits.changes));
  res.json({
    ...beside,
    ...page,
    isLastPage: page.isLastPage && reachable.length === diffs.length,
    values: values.map(changeBody),
  });
}

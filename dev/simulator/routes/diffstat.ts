import { Request, Router } from 'express';
import { Comparison, diffstatBody } from '../bodies';
import type { SimulatorContext } from '../context';
import { parameter, parameters, sendPage } from '../lists';
import { repositoryOf } from '../lookup';
import {
  diffTrees,
  emptyTree,
  FileDiff,
  mergeBase,
  SimulatedRepository,
} from '../world';
import { readRevspec } from './revspec';

/** Rows of a page: the maximum, unless fewer are requested. */
const PAGELEN = { default: 500, max: 500 };

/**
 * Which files differ between two commits, of which the first has the changes
 * and the second is what it is compared with: the other way round than in git.
 *
 * @see https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commits/#api-repositories-workspace-repo-slug-diffstat-spec-get
 */
export function diffstatRoutes(context: SimulatorContext): Router {
  const router = Router();

  // A revision may hold slashes, as they are or encoded.
  router.get(
    '/repositories/:workspace/:repository/diffstat/:spec(*)',
    (req, res) => {
      const repository = repositoryOf(context, req, res);
      const comparison = readRevspec(repository, req.params.spec);
      if (isTrue(req, 'topic', false)) {
        comparison.old = commonAncestor(repository, comparison);
      }
      const { old, new: changed } = comparison;
      const diffs = diffTrees(old.commit.tree, changed.commit.tree, {
        renames: isTrue(req, 'renames', true),
      });
      const paths = parameters(req, 'path');
      sendPage(context, req, res, {
        items: diffs.filter(diff => touches(diff, paths)),
        toBody: diff => diffstatBody(context, comparison, diff),
        pagelen: PAGELEN,
      });
    },
  );

  return router;
}

/** What `topic` compares with: the newest commit that both sides have. */
function commonAncestor(
  repository: SimulatedRepository,
  { old, new: changed }: Comparison,
): Comparison['old'] {
  const commit = mergeBase(changed.commit, old.commit);
  return { repository, commit: commit ?? { ...old.commit, tree: emptyTree } };
}

/** Whether a file is, or is below, one of the paths; any is where there are none. */
const touches = (diff: FileDiff, paths: string[]) =>
  paths.length === 0 ||
  [diff.old, diff.new].some(side =>
    paths.some(path => side && `${side.path}/`.startsWith(`${path}/`)),
  );

function isTrue(req: Request, name: string, fallback: boolean): boolean {
  const value = parameter(req, name);
  return value === undefined ? fallback : value.toLowerCase() === 'true';
}

import { Router } from 'express';
import { conflictBody } from '../bodies';
import type { SimulatorContext } from '../context';
import { sendPage } from '../lists';
import { repositoryOf } from '../lookup';
import { emptyTree, mergeBase, mergeTrees } from '../world';
import { readRevspec } from './revspec';

/** As in the example of Atlassian's description. */
const PAGELEN = { default: 500, max: 500 };

/**
 * Which files cannot be merged. A file that was changed on both sides is one of
 * them here, also where the lines are different ones.
 *
 * @see https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commits/#api-repositories-workspace-repo-slug-file-conflicts-spec-get
 */
export function fileConflictRoutes(context: SimulatorContext): Router {
  const router = Router();

  router.get(
    '/repositories/:workspace/:repository/file-conflicts/:spec(*)',
    (req, res) => {
      const repository = repositoryOf(context, req, res);
      const sides = readRevspec(repository, req.params.spec);
      const source = sides.new.commit;
      const destination = sides.old.commit;
      const base = mergeBase(source, destination)?.tree ?? emptyTree;
      sendPage(context, req, res, {
        items: mergeTrees(base, source.tree, destination.tree).conflicts,
        toBody: conflictBody,
        pagelen: PAGELEN,
      });
    },
  );

  return router;
}

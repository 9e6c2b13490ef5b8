import { Request, Router } from 'express';
import { diffstatBody } from '../bodies';
import type { SimulatorContext } from '../context';
import { badRequest, unknownUrl } from '../errors';
import { parameter, sendPage } from '../lists';
import { repositoryOf, resolveRevision } from '../lookup';
import { diffTrees } from '../world';

/** Rows of a page: as many as are to be had, unless fewer are asked for. */
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
      const revisions = req.params.spec.split('..');
      if (revisions.length !== 2) {
        throw unknownUrl();
      }
      if (isTrue(req, 'topic', false)) {
        throw badRequest('The simulator has no diffs from a merge base.');
      }
      const [changed, base] = revisions.map(revision =>
        resolveRevision(repository, revision),
      );
      const comparison = { repository, old: base, new: changed };
      sendPage(context, req, res, {
        items: diffTrees(base.tree, changed.tree, {
          renames: isTrue(req, 'renames', true),
        }),
        toBody: diff => diffstatBody(context, comparison, diff),
        pagelen: PAGELEN,
      });
    },
  );

  return router;
}

function isTrue(req: Request, name: string, fallback: boolean): boolean {
  const value = parameter(req, name);
  return value === undefined ? fallback : value.toLowerCase() === 'true';
}

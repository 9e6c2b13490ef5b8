import { Request, Response, Router } from 'express';
import type { SimulatorContext } from '../context';
import { PlainError } from '../errors';
import type { SimulatedRepository } from '../world/repository';
import { PAGE_HEADERS } from './layout';
import { pullRequestList } from './pullRequestList';
import { pullRequestPage } from './pullRequestPage';

/**
 * Pages of bitbucket.org, for people to look at. There are no sessions: whoever can
 * reach the simulator sees private repositories, too.
 */
export function pageRoutes({ workspaces }: SimulatorContext): Router {
  const router = Router();
  const pullRequests = '/:workspace/:repository/pull-requests';

  const repositoryOf = ({ params }: Request): SimulatedRepository => {
    const slug = params.workspace.toLowerCase();
    const found = workspaces
      .find(workspace => workspace.slug === slug)
      ?.findRepository(params.repository);
    if (!found) {
      throw new PlainError(404, 'There is no such repository.');
    }
    return found;
  };

  router.get(pullRequests, (req, res) => {
    send(res, pullRequestList(repositoryOf(req)));
  });

  router.get(`${pullRequests}/:id`, (req, res) => {
    const { id } = req.params;
    const found = repositoryOf(req).pullRequests.find(
      pullRequest => String(pullRequest.id) === id,
    );
    if (!found) {
      throw new PlainError(404, 'There is no such pull request.');
    }
    send(res, pullRequestPage(found));
  });

  return router;
}

const send = (res: Response, page: string) =>
  res.set(PAGE_HEADERS).type('html').send(page);

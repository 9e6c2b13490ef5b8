import { Router } from 'express';
import { commitBody } from '../bodies';
import type { SimulatorContext } from '../context';
import { selectFields } from '../fields';
import { parameter, sendPage } from '../lists';
import { repositoryOf, resolveRevision } from '../lookup';
import { history } from '../world';

export function commitRoutes(context: SimulatorContext): Router {
  const router = Router();
  const repositoryPath = '/repositories/:workspace/:repository';

  // A revision may hold slashes, as they are or encoded.
  router.get(`${repositoryPath}/commits/:revision(*)?`, (req, res) => {
    const repository = repositoryOf(context, req, res);
    const { revision = repository.mainBranch } = req.params;
    sendPage(context, req, res, {
      items: revision ? history(resolveRevision(repository, revision)) : [],
      toBody: commit => commitBody(context, repository, commit),
      opaque: true,
    });
  });

  router.get(`${repositoryPath}/commit/:revision`, (req, res) => {
    const repository = repositoryOf(context, req, res);
    const commit = resolveRevision(repository, req.params.revision);
    res.json(
      selectFields(
        commitBody(context, repository, commit),
        parameter(req, 'fields'),
      ),
    );
  });

  return router;
}

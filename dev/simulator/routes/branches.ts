import { Router } from 'express';
import { branchBody } from '../bodies';
import type { SimulatorContext } from '../context';
import { unknownBranch } from '../errors';
import { selectFields } from '../fields';
import { filterAndSort, parameter, sendPage } from '../lists';
import { repositoryOf } from '../lookup';
import type { Fields } from '../query';
import type { Commit } from '../world';

type NamedBranch = [name: string, target: Commit];

const FIELDS: Fields<NamedBranch> = {
  name: { type: 'string', get: ([name]) => name },
  'target.hash': { type: 'string', get: ([, target]) => target.hash },
  'target.date': { type: 'date', get: ([, target]) => target.date },
};

export function branchRoutes(context: SimulatorContext): Router {
  const router = Router();
  const branches = '/repositories/:workspace/:repository/refs/branches';

  router.get(branches, (req, res) => {
    const repository = repositoryOf(context, req, res);
    sendPage(context, req, res, {
      items: filterAndSort(req, [...repository.branches], FIELDS),
      toBody: ([name, target]) => branchBody(context, repository, name, target),
    });
  });

  // A name may hold slashes, as they are or encoded.
  router.get(`${branches}/:name(*)`, (req, res) => {
    const repository = repositoryOf(context, req, res);
    const { name } = req.params;
    const target = repository.branches.get(name);
    if (!target) {
      throw unknownBranch(name);
    }
    res.json(
      selectFields(
        branchBody(context, repository, name, target),
        parameter(req, 'fields'),
      ),
    );
  });

  return router;
}

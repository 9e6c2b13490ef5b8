import { Router } from 'express';
import { branchBody, tagBody } from '../bodies';
import type { SimulatorContext } from '../context';
import { filterAndSort, sendPage } from '../lists';
import { repositoryOf } from '../lookup';
import type { Fields } from '../query';
import type { Commit } from '../world';

type NamedRef = {
  name: string;
  target: Commit;
  toBody: typeof branchBody | typeof tagBody;
};

const FIELDS: Fields<NamedRef> = {
  name: { type: 'string', get: ({ name }) => name },
  'target.hash': { type: 'string', get: ({ target }) => target.hash },
  'target.date': { type: 'date', get: ({ target }) => target.date },
};

/** Branches and tags in one list. */
export function refRoutes(context: SimulatorContext): Router {
  const router = Router();

  router.get('/repositories/:workspace/:repository/refs', (req, res) => {
    const repository = repositoryOf(context, req, res);
    const { branches, tags } = repository.refs;
    const all: NamedRef[] = [
      ...[...branches].map(row => toRef(row, branchBody)),
      ...[...tags].map(row => toRef(row, tagBody)),
    ];
    sendPage(context, req, res, {
      items: filterAndSort(req, all, FIELDS),
      toBody: ({ name, target, toBody }) =>
        toBody(context, repository, name, target),
    });
  });

  return router;
}

function toRef(
  [name, target]: [string, Commit],
  toBody: NamedRef['toBody'],
): NamedRef {
  return { name, target, toBody };
}

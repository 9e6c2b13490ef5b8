import { Request, Router } from 'express';
import { HIDDEN_IN_REPOSITORY, repositoryBody } from '../bodies';
import { SimulatorContext, viewerOf } from '../context';
import { removedEndpoint } from '../errors';
import { selectFields } from '../fields';
import { filterAndSort, parameter, sendPage } from '../lists';
import { repositoryOf, workspaceOf } from '../lookup';
import type { Fields } from '../query';
import type { SimulatedRepository, SimulatedWorkspace } from '../world';

const FIELDS: Fields<SimulatedRepository> = {
  uuid: { type: 'string', get: ({ uuid }) => uuid },
  slug: { type: 'string', get: ({ slug }) => slug },
  name: { type: 'string', get: ({ name }) => name },
  full_name: { type: 'string', get: ({ fullName }) => fullName },
  description: { type: 'string', get: ({ description }) => description },
  language: { type: 'string', get: ({ language }) => language },
  is_private: { type: 'boolean', get: ({ isPrivate }) => isPrivate },
  size: { type: 'number', get: ({ size }) => size },
  created_on: { type: 'date', get: ({ createdOn }) => createdOn },
  updated_on: { type: 'date', get: ({ updatedOn }) => updatedOn },
  'project.key': { type: 'string', get: ({ project }) => project.key },
  'project.name': { type: 'string', get: ({ project }) => project.name },
  'project.uuid': { type: 'string', get: ({ project }) => project.uuid },
  mainbranch: { type: 'object', get: ({ mainBranch }) => mainBranch ?? null },
  'mainbranch.name': {
    type: 'string',
    get: ({ mainBranch }) => mainBranch ?? null,
  },
  parent: { type: 'object', get: ({ parent }) => parent?.uuid ?? null },
  'parent.uuid': { type: 'string', get: ({ parent }) => parent?.uuid ?? null },
  'parent.full_name': {
    type: 'string',
    get: ({ parent }) => parent?.fullName ?? null,
  },
};

export function repositoryRoutes(context: SimulatorContext): Router {
  const router = Router();
  const list = rememberedLists();

  router.get('/repositories', () => {
    throw removedEndpoint();
  });

  router.get('/repositories/:workspace', (req, res) => {
    const workspace = workspaceOf(context, req, res);
    sendPage(context, req, res, {
      items: list(req, workspace).filter(viewerOf(res).sees),
      toBody: repository => repositoryBody(context, repository),
      hidden: HIDDEN_IN_REPOSITORY,
    });
  });

  router.get('/repositories/:workspace/:repository', (req, res) => {
    const repository = repositoryOf(context, req, res);
    res.json(
      selectFields(
        repositoryBody(context, repository),
        parameter(req, 'fields'),
        HIDDEN_IN_REPOSITORY,
      ),
    );
  });

  return router;
}

/**
 * Lists a workspace's repositories as `q` and `sort` ask for, and remembers the
 * last list of each, since clients ask for page after page of it.
 */
function rememberedLists() {
  type List = { key: string; repositories: SimulatedRepository[] };
  const lists = new WeakMap<SimulatedWorkspace, List>();
  return (req: Request, workspace: SimulatedWorkspace) => {
    const asked = [parameter(req, 'sort'), parameter(req, 'q')];
    const key = JSON.stringify([workspace.revision, ...asked]);
    const last = lists.get(workspace);
    if (last?.key === key) {
      return last.repositories;
    }
    const repositories = filterAndSort(req, workspace.repositories, FIELDS);
    lists.set(workspace, { key, repositories });
    return repositories;
  };
}

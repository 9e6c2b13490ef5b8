import { Router } from 'express';
import { projectBody, workspaceAccessBody, workspaceBody } from '../bodies';
import { SimulatorContext, viewerOf } from '../context';
import {
  authenticationRequired,
  removedEndpoint,
  unknownProject,
} from '../errors';
import { selectFields } from '../fields';
import { filterAndSort, parameter, sendPage } from '../lists';
import { workspaceOf } from '../lookup';
import type { Fields } from '../query';
import { Project, SimulatedWorkspace, uuid } from '../world';

const PROJECT_FIELDS: Fields<Project> = {
  key: { type: 'string', get: ({ key }) => key },
  name: { type: 'string', get: ({ name }) => name },
  uuid: { type: 'string', get: project => project.uuid },
};

const WORKSPACE_FIELDS: Fields<SimulatedWorkspace> = {
  'workspace.slug': { type: 'string', get: ({ slug }) => slug },
};

export function workspaceRoutes(context: SimulatorContext): Router {
  const router = Router();

  router.get('/workspaces', () => {
    throw removedEndpoint();
  });

  router.get('/workspaces/:workspace', (req, res) => {
    const workspace = workspaceOf(context, req, res);
    res.json(
      selectFields(workspaceBody(context, workspace), parameter(req, 'fields')),
    );
  });

  router.get('/workspaces/:workspace/projects', (req, res) => {
    const workspace = workspaceOf(context, req, res);
    sendPage(context, req, res, {
      items: filterAndSort(req, workspace.projects, PROJECT_FIELDS),
      toBody: project => projectBody(context, workspace, project),
    });
  });

  router.get('/workspaces/:workspace/projects/:key', (req, res) => {
    const workspace = workspaceOf(context, req, res);
    const project = workspace.projects.find(
      ({ key }) => key === req.params.key,
    );
    if (!project) {
      throw unknownProject(req.params.key);
    }
    const body = projectBody(context, workspace, project);
    res.json(selectFields(body, parameter(req, 'fields')));
  });

  router.get('/user', (req, res) => {
    const { isAnonymous, name } = viewerOf(res);
    if (isAnonymous) {
      throw authenticationRequired();
    }
    const body = {
      type: 'user',
      uuid: uuid('user', name),
      display_name: name,
      nickname: name,
    };
    res.json(selectFields(body, parameter(req, 'fields')));
  });

  router.get('/user/workspaces', (req, res) => {
    const viewer = viewerOf(res);
    if (viewer.isAnonymous) {
      throw authenticationRequired();
    }
    const entered = context.workspaces.filter(({ slug }) =>
      viewer.mayEnter(slug),
    );
    sendPage(context, req, res, {
      items: filterAndSort(req, entered, WORKSPACE_FIELDS),
      toBody: workspace => workspaceAccessBody(context, workspace),
    });
  });

  return router;
}

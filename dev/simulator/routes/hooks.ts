import { Request, Response, Router } from 'express';
import { z } from 'zod';
import { hookBody } from '../bodies';
import { SimulatorContext, viewerOf } from '../context';
import { scopeOfEvent } from '../endpoints';
import {
  authenticationRequired,
  notAdministrator,
  unknownHook,
} from '../errors';
import { selectFields } from '../fields';
import { parameter, sendPage } from '../lists';
import { workspaceOf } from '../lookup';
import {
  HOOK_EVENTS,
  HookEvent,
  SimulatedHook,
  SimulatedWorkspace,
} from '../world';
import { jsonBody, readFields } from './requestBody';

const hookSchema = z.object({
  url: z.url(),
  events: z.array(z.enum(HOOK_EVENTS)).min(1),
  description: z.string().optional(),
  active: z.boolean().optional(),
  secret: z.string().max(128).nullish(),
});

/** @see https://developer.atlassian.com/cloud/bitbucket/rest/api-group-webhooks/ */
export function hookRoutes(context: SimulatorContext): Router {
  const router = Router();
  const hooks = '/workspaces/:workspace/hooks';

  const send = (
    req: Request,
    res: Response,
    workspace: SimulatedWorkspace,
    hook: SimulatedHook,
  ) => {
    const body = hookBody(context, workspace, hook);
    res.json(selectFields(body, parameter(req, 'fields')));
  };

  router.get(hooks, (req, res) => {
    const workspace = administered(context, req, res);
    sendPage(context, req, res, {
      items: workspace.hooks.all,
      toBody: hook => hookBody(context, workspace, hook),
    });
  });

  router.post(hooks, jsonBody, (req, res) => {
    const workspace = administered(context, req, res);
    const wanted = readFields(hookSchema, req);
    requireEvents(wanted.events, res);
    const hook = workspace.hooks.add(wanted);
    const { href } = hookBody(context, workspace, hook).links.self;
    res.status(201).location(href);
    send(req, res, workspace, hook);
  });

  router.get(`${hooks}/:uid`, (req, res) => {
    const workspace = administered(context, req, res);
    send(req, res, workspace, hookOf(workspace, req));
  });

  router.put(`${hooks}/:uid`, jsonBody, (req, res) => {
    const workspace = administered(context, req, res);
    const hook = hookOf(workspace, req);
    const change = readFields(hookSchema.partial(), req);
    requireEvents(change.events ?? [], res);
    workspace.hooks.update(hook, change);
    send(req, res, workspace, hook);
  });

  router.delete(`${hooks}/:uid`, (req, res) => {
    const workspace = administered(context, req, res);
    workspace.hooks.remove(hookOf(workspace, req));
    res.status(204).end();
  });

  return router;
}

/** The workspace of the URL, for its administrators alone. */
function administered(
  context: SimulatorContext,
  req: Request,
  res: Response,
): SimulatedWorkspace {
  if (viewerOf(res).isAnonymous) {
    throw authenticationRequired();
  }
  const workspace = workspaceOf(context, req, res);
  if (!viewerOf(res).administers) {
    throw notAdministrator();
  }
  return workspace;
}

/** @throws ApiError (403) where the scope of an event is missing */
function requireEvents(events: readonly HookEvent[], res: Response): void {
  for (const event of events) {
    const scope = scopeOfEvent(event);
    if (scope) {
      viewerOf(res).require(scope);
    }
  }
}

function hookOf(workspace: SimulatedWorkspace, req: Request): SimulatedHook {
  const hook = workspace.hooks.find(req.params.uid);
  if (!hook) {
    throw unknownHook(req.params.uid);
  }
  return hook;
}

import { Request, Response, Router } from 'express';
import { z } from 'zod';
import type { SimulatedRepository } from '../../world';
import { hookBody } from '../bodies/hook';
import type { DataCenterContext } from '../context';
import { badRequest, notFound } from '../errors';
import { HOOK_EVENTS, HookScope, NewHook, SimulatedHook } from '../hooks';
import { changeableRepositoryOf, projectOf, repositoryOf } from '../lookup';
import { parameter, sendPage } from '../paging';
import { jsonBody, readFields, text, webUrl } from './requestBody';

const hookSchema = z.object({
  name: text(255).min(1),
  url: webUrl,
  events: z.array(z.enum(HOOK_EVENTS)).min(1),
  active: z.boolean().optional(),
  configuration: z.object({ secret: z.string().optional() }).optional(),
  sslVerificationRequired: z.boolean().optional(),
});

type ScopeOf = (req: Request, res: Response) => HookScope;

/** The webhooks of projects, and those of repositories. */
export function hookRoutes(context: DataCenterContext): Router {
  const readable = (req: Request, res: Response) =>
    repositoryOf(context, req, res, 'ADMIN');
  const project: ScopeOf = (req, res) => projectOf(context, req, res, 'ADMIN');
  return Router().use(
    searchRoute(context, readable),
    routesOf(
      context,
      '/projects/:project/repos/:repository/webhooks',
      readable,
      (req, res) => changeableRepositoryOf(context, req, res, 'ADMIN'),
    ),
    routesOf(context, '/projects/:project/webhooks', project, project),
  );
}

/** What a repository has, and what it has from its project. */
function searchRoute(
  context: DataCenterContext,
  repositoryIn: (req: Request, res: Response) => SimulatedRepository,
): Router {
  const path = '/projects/:project/repos/:repository/webhooks/search';
  return Router().get(path, (req, res) => {
    const repository = repositoryIn(req, res);
    const { hooks } = context.instance;
    sendPage(req, res, {
      items: [...hooks.of(repository.workspace), ...hooks.of(repository)],
      toBody: hook => hookBody(context, hook),
      max: context.limits.others,
    });
  });
}

function routesOf(
  context: DataCenterContext,
  path: string,
  readable: ScopeOf,
  changeable: ScopeOf,
): Router {
  const router = Router();
  const { hooks } = context.instance;

  router.get(path, (req, res) => {
    const event = parameter(req, 'event');
    sendPage(req, res, {
      items: hooks
        .of(readable(req, res))
        .filter(({ events }) => !event || events.some(name => name === event)),
      toBody: hook => hookBody(context, hook),
      max: context.limits.others,
    });
  });

  router.post(path, jsonBody, (req, res) => {
    const scope = changeable(req, res);
    const wanted = toHook(readFields(hookSchema, req.body));
    const hook = hooks.add(scope, wanted, context.now());
    res.status(201).json(hookBody(context, hook));
  });

  router.post(`${path}/test`, jsonBody, (req, res, next) => {
    const scope = readable(req, res);
    const id = parameter(req, 'webhookId');
    const known = hooks.of(scope).find(hook => hook.uuid === id);
    const url = parameter(req, 'url') ?? known?.url;
    if (url === undefined || !URL.canParse(url)) {
      throw badRequest('A URL is required', 'url');
    }
    context.ping(url).then(status => {
      const outcome = status !== undefined && status < 300;
      res.json({
        request: { url, method: 'POST' },
        response: {
          outcome: outcome ? 'SUCCESS' : 'FAILURE',
          statusCode: status,
        },
      });
    }, next);
  });

  router.get(`${path}/:id`, (req, res) => {
    const scope = readable(req, res);
    res.json(hookBody(context, hookOf(context, scope, req)));
  });

  // Replaces it; a secret stays where `configuration` is not given.
  router.put(`${path}/:id`, jsonBody, (req, res) => {
    const scope = changeable(req, res);
    const hook = hookOf(context, scope, req);
    const fields = readFields(hookSchema.partial(), req.body);
    hooks.update(hook, toHook(fields), context.now());
    res.json(hookBody(context, hook));
  });

  router.delete(`${path}/:id`, (req, res) => {
    const scope = changeable(req, res);
    hooks.remove(hookOf(context, scope, req));
    res.status(204).end();
  });

  return router;
}

function toHook<T extends Partial<z.infer<typeof hookSchema>>>({
  configuration,
  ...fields
}: T): Omit<T, 'configuration'> & Pick<NewHook, 'secret'> {
  return {
    ...fields,
    ...(configuration ? { secret: configuration.secret ?? '' } : {}),
  };
}

function hookOf(
  { instance }: DataCenterContext,
  scope: HookScope,
  req: Request,
): SimulatedHook {
  const { id } = req.params;
  const hook = instance.hooks.of(scope).find(({ uuid }) => uuid === id);
  if (!hook) {
    throw notFound(`There is no webhook with ID ${id}`);
  }
  return hook;
}

import { Request, Router } from 'express';
import { z } from 'zod';
import type { DataCenterContext } from '../context';
import { badRequest, notFound } from '../errors';
import { changeableRepositoryOf, repositoryOf } from '../lookup';
import { parameter } from '../paging';
import { commitOf } from './commits';
import { jsonBody, readFields, text, webUrl } from './requestBody';

const buildSchema = z.object({
  key: text(255).min(1),
  state: z.enum(['CANCELLED', 'FAILED', 'INPROGRESS', 'SUCCESSFUL', 'UNKNOWN']),
  url: text(450).pipe(webUrl),
  name: text(255).optional(),
  description: z.string().optional(),
  ref: text(1_024)
    .regex(/^refs\//)
    .optional(),
  parent: text(1_024).optional(),
  buildNumber: text(255).optional(),
  duration: z.number().optional(),
});

/** Build statuses. To read the repository is enough to write them. */
export function buildRoutes(context: DataCenterContext): Router {
  const router = Router();
  const { builds } = context.instance;
  const path = '/projects/:project/repos/:repository/commits/:commit/builds';

  router.post(path, jsonBody, (req, res) => {
    const repository = changeableRepositoryOf(context, req, res);
    const commit = commitOf(context, repository, req.params.commit);
    const content = readFields(buildSchema, req.body);
    builds.put(repository, commit, content, context.now());
    res.status(204).end();
  });

  router.get(path, (req, res) => {
    const repository = repositoryOf(context, req, res);
    const commit = commitOf(context, repository, req.params.commit);
    const build = builds.find(repository, commit, keyIn(req));
    if (!build) {
      throw notFound();
    }
    res.json(build);
  });

  router.delete(path, (req, res) => {
    const repository = changeableRepositoryOf(context, req, res);
    const commit = commitOf(context, repository, req.params.commit);
    builds.remove(repository, commit, keyIn(req));
    res.status(204).end();
  });

  return router;
}

function keyIn(req: Request): string {
  const key = parameter(req, 'key');
  if (key === undefined) {
    throw badRequest('key is required', 'key');
  }
  return key;
}

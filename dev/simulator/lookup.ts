import type { Request, Response } from 'express';
import { SimulatorContext, viewerOf } from './context';
import {
  forbiddenWorkspace,
  unknownCommit,
  unknownRepository,
  unknownWorkspace,
} from './errors';
import type { Commit, SimulatedRepository, SimulatedWorkspace } from './world';

/** The workspace of the URL, by slug or `{uuid}`, if the viewer may enter it. */
export function workspaceOf(
  context: SimulatorContext,
  req: Request,
  res: Response,
): SimulatedWorkspace {
  const identifier = req.params.workspace;
  const workspace = context.workspaces.find(
    ({ slug, uuid }) =>
      slug === identifier.toLowerCase() || uuid === identifier,
  );
  if (!workspace) {
    throw unknownWorkspace(identifier);
  }
  if (!viewerOf(res).mayEnter(workspace.slug)) {
    throw forbiddenWorkspace();
  }
  return workspace;
}

/** The repository of the URL, by slug or `{uuid}`, if the viewer can see it. */
export function repositoryOf(
  context: SimulatorContext,
  req: Request,
  res: Response,
): SimulatedRepository {
  const repository = workspaceOf(context, req, res).findRepository(
    req.params.repository,
  );
  if (!repository || !viewerOf(res).sees(repository)) {
    throw unknownRepository();
  }
  return repository;
}

/** @throws ApiError (404) that names the revision */
export function resolveRevision(
  repository: SimulatedRepository,
  revision: string,
): Commit {
  const commit = repository.resolve(revision);
  if (!commit) {
    throw unknownCommit(revision);
  }
  return commit;
}

import type { Request, Response } from 'express';
import type { Viewer } from './accounts';
import { SimulatorContext, viewerOf } from './context';
import {
  authenticationRequired,
  forbiddenWorkspace,
  unknownCommit,
  unknownPullRequest,
  unknownRepository,
  unknownWorkspace,
} from './errors';
import type {
  Commit,
  SimulatedPullRequest,
  SimulatedRepository,
  SimulatedWorkspace,
} from './world';

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

/** The pull request of the URL, if the viewer can see its repository. */
export function pullRequestOf(
  context: SimulatorContext,
  req: Request,
  res: Response,
): SimulatedPullRequest {
  const { id } = req.params;
  const found = repositoryOf(context, req, res).pullRequests.find(
    pullRequest => String(pullRequest.id) === id,
  );
  if (!found) {
    throw unknownPullRequest(id);
  }
  return found;
}

/** @throws ApiError (401) where a request is anonymous */
export function knownViewerOf(res: Response): Viewer {
  const viewer = viewerOf(res);
  if (viewer.isAnonymous) {
    throw authenticationRequired();
  }
  return viewer;
}

/** A commit, and the repository that a request names it in. */
export type CommitPlace = { repository: SimulatedRepository; commit: Commit };

/**
 * The commit of the URL: a branch, a tag, or a hash, which may be abbreviated.
 *
 * @throws ApiError (404) that names the revision
 */
export function commitOf(
  context: SimulatorContext,
  req: Request,
  res: Response,
): CommitPlace {
  const repository = repositoryOf(context, req, res);
  const commit = resolveRevision(repository, req.params.commit);
  return { repository, commit };
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

import type { Request, Response } from 'express';
import {
  Commit,
  SimulatedPullRequest,
  SimulatedRepository,
  SimulatedWorkspace,
} from '../world';
import { Level, reaches } from './accounts';
import { DataCenterContext, viewerOf } from './context';
import {
  archived,
  authenticationRequired,
  Moved,
  noDefaultBranch,
  notPermitted,
  unknownCommit,
  unknownProject,
  unknownPullRequest,
  unknownRepository,
} from './errors';
import { parameter } from './paging';

/** The error for what is hidden from a viewer, which does not say whether it exists. */
function refusal(
  context: DataCenterContext,
  res: Response,
  unknown: Error,
): Error {
  if (viewerOf(res).isAnonymous) {
    return authenticationRequired();
  }
  return context.quirks.hiddenAs === 401 ? notPermitted() : unknown;
}

/** The project of the URL, if the viewer has a permission in it. */
export function projectOf(
  context: DataCenterContext,
  req: Request,
  res: Response,
  level: Level = 'READ',
): SimulatedWorkspace {
  const { instance, quirks } = context;
  const { project: key } = req.params;
  const found = instance.findProject(key);
  const renamed = quirks.redirects && instance.findRenamedProject(key);
  const project = found ?? renamed;
  if (!project) {
    throw unknownOrAnonymous(context, res, unknownProject(key));
  }
  const has = viewerOf(res).projectLevel(project);
  if (!has) {
    throw refusal(context, res, unknownProject(key));
  }
  if (!found) {
    throw new Moved(`/projects/${encodeURIComponent(project.slug)}`);
  }
  requireLevel(res, has, level);
  return found;
}

/** The repository of the URL, if the viewer has a permission in it. */
export function repositoryOf(
  context: DataCenterContext,
  req: Request,
  res: Response,
  level: Level = 'READ',
): SimulatedRepository {
  const { instance, quirks } = context;
  const { project: key, repository: slug } = req.params;
  const project = instance.findProject(key);
  const found = project?.findRepository(slug);
  const moved = quirks.redirects && instance.findMovedRepository(key, slug);
  const repository = found ?? moved;
  if (!repository) {
    throw unknownOrAnonymous(
      context,
      res,
      project || instance.findRenamedProject(key)
        ? unknownRepository(key, slug)
        : unknownProject(key),
    );
  }
  const has = viewerOf(res).repositoryLevel(repository);
  if (!has) {
    throw refusal(context, res, unknownRepository(key, slug));
  }
  if (!found) {
    const { workspace } = repository;
    const [toKey, toSlug] = [workspace.slug, repository.slug].map(
      encodeURIComponent,
    );
    throw new Moved(`/projects/${toKey}/repos/${toSlug}`);
  }
  requireLevel(res, has, level);
  return found;
}

function requireLevel(res: Response, has: Level, wanted: Level): void {
  if (!reaches(has, wanted)) {
    throw viewerOf(res).isAnonymous ? authenticationRequired() : notPermitted();
  }
}

/** Without public access, an anonymous request does not show what exists. */
const unknownOrAnonymous = (
  context: DataCenterContext,
  res: Response,
  unknown: Error,
) =>
  viewerOf(res).isAnonymous && !context.publicAccess
    ? authenticationRequired()
    : unknown;

/**
 * The repository of the URL, for a change.
 *
 * @throws ApiError (409) where it is archived
 */
export function changeableRepositoryOf(
  context: DataCenterContext,
  req: Request,
  res: Response,
  level: Level = 'READ',
): SimulatedRepository {
  const repository = repositoryOf(context, req, res, level);
  if (viewerOf(res).isAnonymous) {
    throw authenticationRequired();
  }
  if (repository.isArchived) {
    throw archived(repository.fullName);
  }
  return repository;
}

/** The pull request of the URL. */
export function pullRequestOf(
  repository: SimulatedRepository,
  req: Request,
): SimulatedPullRequest {
  const { id } = req.params;
  const found = repository.pullRequests.find(
    pullRequest => String(pullRequest.id) === id,
  );
  if (!found) {
    throw unknownPullRequest(id, repository.fullName);
  }
  return found;
}

const BRANCH = 'refs/heads/';
const TAG = 'refs/tags/';

/** The commit that a full name of a ref, a branch, a tag or a hash names. */
export function resolve(
  repository: SimulatedRepository,
  revision: string,
): Commit {
  const commit = find(repository, revision);
  if (!commit) {
    throw unknownCommit(revision, repository.slug);
  }
  return commit;
}

function find(
  repository: SimulatedRepository,
  revision: string,
): Commit | undefined {
  if (revision.startsWith(BRANCH)) {
    return repository.branches.get(revision.slice(BRANCH.length));
  }
  if (revision.startsWith(TAG)) {
    return repository.tags.get(revision.slice(TAG.length));
  }
  return revision === 'HEAD' ? repository.head : repository.resolve(revision);
}

/** The commit that `at` names, or the head of the default branch without it. */
export function commitAt(
  repository: SimulatedRepository,
  req: Request,
  name = 'at',
): Commit {
  const revision = parameter(req, name);
  if (revision !== undefined) {
    return resolve(repository, revision);
  }
  if (repository.branches.size === 0) {
    throw noDefaultBranch(repository.slug);
  }
  if (!repository.head) {
    throw unknownCommit(`${BRANCH}${repository.mainBranch}`, repository.slug);
  }
  return repository.head;
}

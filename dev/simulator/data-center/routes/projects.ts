import { Router } from 'express';
import type { SimulatedRepository } from '../../world';
import { isPersonal, projectBody } from '../bodies/project';
import { repositoryBody } from '../bodies/repository';
import { DataCenterContext, viewerOf } from '../context';
import { authenticationRequired, badRequest } from '../errors';
import { projectOf, repositoryOf } from '../lookup';
import { Level, reaches } from '../accounts';
import { parameter, sendPage } from '../paging';

/** Projects and repositories. */
export function projectRoutes(context: DataCenterContext): Router {
  const router = Router();
  const { instance, limits, quirks } = context;

  // Needs no credential.
  router.get('/application-properties', (_req, res) => {
    const { version } = context;
    const [major, minor, patch] = version.split('.').map(Number);
    res.json({
      version,
      buildNumber: String(major * 1_000_000 + minor * 1_000 + patch),
      buildDate: '1756684800000',
      displayName: 'Bitbucket',
    });
  });

  router.get('/projects', (req, res) => {
    requireViewer(context, viewerOf(res).isAnonymous);
    const name = parameter(req, 'name')?.trim().toLowerCase() ?? '';
    const level = readLevel('PROJECT', parameter(req, 'permission'));
    const { projectLevel, repositoryLevel } = viewerOf(res);
    sendPage(req, res, {
      items: instance.projects
        .filter(
          project => quirks.personalProjectsListed || !isPersonal(project),
        )
        .filter(project => project.name.toLowerCase().includes(name))
        .sort((a, b) => Number(a.name > b.name) - Number(a.name < b.name)),
      // A token of a repository shows the project that it is in.
      isVisible: project =>
        reaches(projectLevel(project), level) ||
        (level === 'READ' &&
          project.repositories.some(repository => repositoryLevel(repository))),
      toBody: project => projectBody(context, project),
      max: limits.projects,
    });
  });

  router.get('/projects/:project', (req, res) => {
    res.json(projectBody(context, projectOf(context, req, res)));
  });

  router.get('/projects/:project/repos', (req, res) => {
    const project = projectOf(context, req, res);
    const { repositoryLevel } = viewerOf(res);
    sendPage(req, res, {
      items: [...project.repositories].sort(
        (a, b) => Number(a.name > b.name) - Number(a.name < b.name),
      ),
      isVisible: repository =>
        repositoryLevel(repository) !== undefined &&
        (quirks.archivedInProjects || !repository.isArchived),
      toBody: repository => repositoryBody(context, repository),
      max: limits.repositories,
    });
  });

  router.get('/projects/:project/repos/:repository', (req, res) => {
    res.json(repositoryBody(context, repositoryOf(context, req, res)));
  });

  router.get('/repos', (req, res) => {
    const viewer = viewerOf(res);
    requireViewer(context, viewer.isAnonymous);
    const isWanted = repositoryFilter(context, name => parameter(req, name));
    const permission = parameter(req, 'permission');
    const level = readLevel('REPO', permission);
    // An anonymous request has no permissions, whatever is public.
    const hasNone = viewer.isAnonymous && permission !== undefined;
    sendPage(req, res, {
      items: hasNone ? [] : instance.repositories,
      isVisible: repository =>
        isWanted(repository) &&
        reaches(viewer.repositoryLevel(repository), level),
      toBody: repository => repositoryBody(context, repository),
      max: limits.repositories,
    });
  });

  return router;
}

function requireViewer(context: DataCenterContext, isAnonymous: boolean): void {
  if (isAnonymous && !context.publicAccess) {
    throw authenticationRequired();
  }
}

function readLevel(kind: 'PROJECT' | 'REPO', given?: string): Level {
  const [, level] =
    new RegExp(`^${kind}_(READ|WRITE|ADMIN)$`).exec(
      given?.replace('PROJECT_VIEW', 'PROJECT_READ') ?? `${kind}_READ`,
    ) ?? [];
  if (!level) {
    throw badRequest(`${given} is not a permission`, 'permission');
  }
  return level as Level;
}

const ARCHIVED = ['ACTIVE', 'ARCHIVED', 'ALL'];

/** What `/repos` is asked for: names are found by a part, keys as a whole. */
function repositoryFilter(
  { instance, quirks }: DataCenterContext,
  wanted: (name: string) => string | undefined,
): (repository: SimulatedRepository) => boolean {
  const archived = (wanted('archived') ?? 'ACTIVE').toUpperCase();
  if (!ARCHIVED.includes(archived)) {
    throw badRequest(`archived must be one of ${ARCHIVED}`, 'archived');
  }
  const part = (name: string) => wanted(name)?.trim().toLowerCase() ?? '';
  const [name, projectName] = [part('name'), part('projectname')];
  const key = wanted('projectkey')?.toUpperCase();
  const visibility = wanted('visibility');
  const state = wanted('state') ?? 'AVAILABLE';
  return repository => {
    const { workspace, isArchived } = repository;
    return (
      (archived === 'ALL' || isArchived === (archived === 'ARCHIVED')) &&
      (key === undefined || workspace.slug.toUpperCase() === key) &&
      repository.name.toLowerCase().includes(name) &&
      workspace.name.toLowerCase().includes(projectName) &&
      (visibility === undefined ||
        instance.isPublic(repository) === (visibility === 'public')) &&
      (quirks.personalRepositoriesListed || !isPersonal(workspace)) &&
      state === 'AVAILABLE'
    );
  };
}

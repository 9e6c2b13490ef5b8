import type { Schema } from 'bitbucket';
import type { SimulatorContext } from '../context';
import type { Project, SimulatedWorkspace } from '../world';
import { apiLink, link, webLink } from './links';
import { workspaceReference } from './workspace';

export function projectReference(
  context: SimulatorContext,
  workspace: SimulatedWorkspace,
  project: Project,
): Schema.Project {
  const links = {
    self: apiLink(
      context,
      'workspaces',
      workspace.slug,
      'projects',
      project.key,
    ),
    html: webLink(workspace.slug, 'workspace', 'projects', project.key),
    avatar: link(
      `${webLink(workspace.slug, 'workspace', 'projects', project.key).href}/avatar/32`,
    ),
  };
  return {
    type: 'project',
    uuid: project.uuid,
    key: project.key,
    name: project.name,
    links,
  };
}

export function projectBody(
  context: SimulatorContext,
  workspace: SimulatedWorkspace,
  project: Project,
): Schema.Project {
  return {
    ...projectReference(context, workspace, project),
    is_private: false,
    has_publicly_visible_repos: workspace.repositories.some(
      repository =>
        repository.project.key === project.key && !repository.isPrivate,
    ),
    workspace: workspaceReference(context, workspace),
  };
}

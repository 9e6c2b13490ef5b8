import type { Schema } from 'bitbucket';
import type { SimulatorContext } from '../context';
import type { SimulatedWorkspace } from '../world';
import { apiLink, link, webLink } from './links';

export function workspaceReference(
  context: SimulatorContext,
  workspace: SimulatedWorkspace,
): Schema.Workspace {
  return {
    type: 'workspace',
    uuid: workspace.uuid,
    slug: workspace.slug,
    name: workspace.name,
    links: {
      self: apiLink(context, 'workspaces', workspace.slug),
      html: link(`${webLink(workspace.slug).href}/`),
      avatar: link(`${webLink('workspaces', workspace.slug).href}/avatar/`),
    },
  };
}

export function workspaceBody(
  context: SimulatorContext,
  workspace: SimulatedWorkspace,
): Schema.Workspace {
  const reference = workspaceReference(context, workspace);
  const under = (name: string) =>
    apiLink(context, 'workspaces', workspace.slug, name);
  return {
    ...reference,
    is_private: false,
    links: {
      ...reference.links,
      members: under('members'),
      projects: under('projects'),
      repositories: apiLink(context, 'repositories', workspace.slug),
    },
  };
}

/** A row of `GET /user/workspaces`. */
export function workspaceAccessBody(
  context: SimulatorContext,
  workspace: SimulatedWorkspace,
) {
  return {
    type: 'workspace_access',
    administrator: false,
    workspace: {
      type: 'workspace_base',
      uuid: workspace.uuid,
      slug: workspace.slug,
      links: {
        self: apiLink(context, 'workspaces', workspace.slug),
        avatar: link(`${webLink('workspaces', workspace.slug).href}/avatar/`),
      },
    },
  };
}

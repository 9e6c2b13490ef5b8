import type { Schema } from 'bitbucket';
import type { SimulatorContext } from '../context';
import type { SimulatedRepository, SimulatedWorkspace } from '../world';
import { commitBody } from './commit';
import { preciseDate } from './dates';
import { link, repositoryLink, webLink } from './links';
import { projectReference } from './project';
import { workspaceReference } from './workspace';

/** The few fields that a repository has wherever it is mentioned. */
export function repositoryReference(
  context: SimulatorContext,
  repository: SimulatedRepository,
): Schema.Repository {
  return {
    type: 'repository',
    uuid: repository.uuid,
    name: repository.name,
    full_name: repository.fullName,
    links: {
      self: repositoryLink(context, repository),
      html: webLink(repository.fullName),
      avatar: link(
        `https://bytebucket.org/ravatar/${encodeURIComponent(repository.uuid)}?ts=default`,
      ),
    },
  };
}

/** As in the payloads of webhooks: without its slug and main branch, among others. */
export function embeddedRepositoryBody(
  context: SimulatorContext,
  repository: SimulatedRepository,
) {
  const { workspace } = repository;
  return {
    ...repositoryReference(context, repository),
    is_private: repository.isPrivate,
    scm: 'git',
    website: null,
    owner: owner(workspace),
    workspace: workspaceReference(context, workspace),
    project: projectReference(context, workspace, repository.project),
  };
}

/** With `mainbranch.target`, which is hidden unless `fields` asks for it. */
export function repositoryBody(
  context: SimulatorContext,
  repository: SimulatedRepository,
) {
  const reference = repositoryReference(context, repository);
  const url = repositoryLink(context, repository).href;
  const { parent, workspace } = repository;
  const body: Schema.Repository = {
    ...reference,
    slug: repository.slug,
    description: repository.description,
    is_private: repository.isPrivate,
    scm: 'git',
    language: repository.language,
    size: repository.size,
    has_issues: false,
    has_wiki: false,
    fork_policy: repository.isPrivate ? 'no_public_forks' : 'allow_forks',
    created_on: preciseDate(repository.createdOn),
    updated_on: preciseDate(repository.updatedOn),
    website: null,
    owner: owner(workspace),
    workspace: workspaceReference(context, workspace),
    project: projectReference(context, workspace, repository.project),
    links: {
      ...reference.links,
      pullrequests: link(`${url}/pullrequests`),
      commits: link(`${url}/commits`),
      forks: link(`${url}/forks`),
      watchers: link(`${url}/watchers`),
      downloads: link(`${url}/downloads`),
      hooks: link(`${url}/hooks`),
      clone: [
        {
          name: 'https',
          href: `https://bitbucket.org/${repository.fullName}.git`,
        },
        { name: 'ssh', href: `git@bitbucket.org:${repository.fullName}.git` },
      ],
    },
    ...(parent ? { parent: repositoryReference(context, parent) } : {}),
  };
  return { ...body, mainbranch: mainBranch(context, repository) };
}

export const HIDDEN_IN_REPOSITORY = ['mainbranch.target'];

const owner = ({ uuid, slug, name }: SimulatedWorkspace) => ({
  type: 'team',
  uuid,
  username: slug,
  display_name: name,
});

/** Null when the repository is empty. */
function mainBranch(
  context: SimulatorContext,
  repository: SimulatedRepository,
): Schema.Branch | null {
  const { head, mainBranch: name } = repository;
  if (name === undefined) {
    return null;
  }
  return {
    type: 'branch',
    name,
    ...(head && context.mainbranchTarget
      ? { target: commitBody(context, repository, head) }
      : {}),
  };
}

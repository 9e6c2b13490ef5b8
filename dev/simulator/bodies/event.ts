import type { SimulatorContext } from '../context';
import { ROBIN, SimulatedWorkspace, WorkspaceEvent } from '../world';
import { accountBody } from './account';
import { commentBody } from './comment';
import { webLink } from './links';
import { projectBody } from './project';
import { pullRequestBody } from './pullRequest';
import { pushChangeBodies } from './push';
import { embeddedRepositoryBody, repositoryReference } from './repository';

const ACTOR = accountBody(ROBIN);

/**
 * The payload of an event.
 *
 * @returns undefined for a push that changed nothing
 * @see https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/
 */
export function eventBody(
  context: SimulatorContext,
  workspace: SimulatedWorkspace,
  event: WorkspaceEvent,
): object | undefined {
  if (event.key === 'project:updated') {
    const { project, before } = event;
    return {
      actor: ACTOR,
      project: projectBody(context, workspace, project),
      changes: changesOf(before, { key: project.key, name: project.name }),
    };
  }
  if ('pullRequest' in event) {
    return pullRequestEventBody(context, event);
  }
  const { repository } = event;
  const body = {
    actor: ACTOR,
    repository: embeddedRepositoryBody(context, repository),
  };
  switch (event.key) {
    case 'repo:push': {
      const changes = pushChangeBodies(context, repository, event.before);
      return changes.length > 0 ? { ...body, push: { changes } } : undefined;
    }
    case 'repo:updated': {
      const { before } = event;
      const changes = changesOf(namesBody(before), namesBody(repository));
      return { ...body, changes };
    }
    default:
      return body;
  }
}

/** The repository is the one that the changes are for, with what it was forked from. */
function pullRequestEventBody(
  context: SimulatorContext,
  event: Extract<WorkspaceEvent, { pullRequest: unknown }>,
) {
  const { repository, pullRequest, comment, actor } = event;
  const { parent } = repository;
  return {
    repository: {
      ...embeddedRepositoryBody(context, repository),
      ...(parent ? { parent: repositoryReference(context, parent) } : {}),
    },
    actor: accountBody(actor),
    pullrequest: pullRequestBody(context, pullRequest),
    ...(comment ? { comment: commentBody(context, pullRequest, comment) } : {}),
  };
}

/**
 * What is compared when a repository was updated. Bitbucket documents neither
 * the project nor the main branch nor who may see it as a change.
 */
const namesBody = ({ name, fullName }: { name: string; fullName: string }) => ({
  name,
  full_name: fullName,
  links: { html: webLink(fullName) },
});

/** Old and new value of every property that differs. */
function changesOf<T extends object>(before: T, after: T) {
  const changes: Record<string, { old: unknown; new: unknown }> = {};
  for (const key of Object.keys(after) as (keyof T & string)[]) {
    if (JSON.stringify(before[key]) !== JSON.stringify(after[key])) {
      changes[key] = { old: before[key], new: after[key] };
    }
  }
  return changes;
}

import type { SimulatorContext } from '../context';
import { SimulatedWorkspace, uuid, WorkspaceEvent } from '../world';
import { webLink } from './links';
import { projectBody } from './project';
import { pushChangeBodies } from './push';
import { embeddedRepositoryBody } from './repository';

const ACTOR = {
  type: 'user',
  uuid: uuid('user', 'Robin Example'),
  account_id: '557058:robin',
  display_name: 'Robin Example',
  nickname: 'robin',
};

/**
 * What a webhook is told of an event.
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

import type { SimulatorContext } from '../context';
import type { SimulatedHook, SimulatedWorkspace } from '../world';
import { preciseDate } from './dates';
import { apiLink } from './links';
import { workspaceReference } from './workspace';

/** Without the secret, which Bitbucket never gives back. */
export function hookBody(
  context: SimulatorContext,
  workspace: SimulatedWorkspace,
  hook: SimulatedHook,
) {
  const { uuid, url, description, active, events, secret, createdAt } = hook;
  return {
    type: 'webhook_subscription',
    uuid,
    url,
    description,
    active,
    events,
    secret_set: secret !== undefined,
    subject_type: 'workspace',
    subject: workspaceReference(context, workspace),
    created_at: preciseDate(createdAt),
    links: {
      self: apiLink(context, 'workspaces', workspace.slug, 'hooks', uuid),
    },
  };
}

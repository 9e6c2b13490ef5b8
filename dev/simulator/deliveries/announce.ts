import { eventBody } from '../bodies';
import type { SimulatorContext } from '../context';
import { SimulatedWorkspace, uuid, WorkspaceEvent } from '../world';
import type { Deliveries } from './Deliveries';

/**
 * Sends what happens in each workspace to its webhooks.
 *
 * @returns ends it
 */
export function announceEvents(
  context: SimulatorContext,
  deliveries: Deliveries,
): () => void {
  const ends = context.workspaces.map(workspace =>
    workspace.onEvent(event => announce(context, workspace, event, deliveries)),
  );
  return () => ends.forEach(end => end());
}

function announce(
  context: SimulatorContext,
  workspace: SimulatedWorkspace,
  event: WorkspaceEvent,
  deliveries: Deliveries,
): void {
  const hooks = workspace.hooks.askingFor(event.key);
  const payload =
    hooks.length > 0 ? eventBody(context, workspace, event) : undefined;
  if (!payload) {
    return;
  }
  const body = JSON.stringify(payload);
  const repository =
    'repository' in event ? event.repository.fullName : undefined;
  for (const hook of hooks) {
    deliveries.dispatch({
      event: event.key,
      hook,
      requestUuid: uuid('delivery', hook.uuid, String(workspace.revision)),
      repository,
      body,
    });
  }
}

import { SimulatedWorkspace } from '../../world';
import type { DataCenterContext } from '../context';
import type { SimulatedHook } from '../hooks';

export const hookBody = (
  { quirks }: DataCenterContext,
  hook: SimulatedHook,
) => ({
  id: hook.id,
  name: hook.name,
  createdDate: hook.createdDate,
  updatedDate: hook.updatedDate,
  events: hook.events,
  configuration:
    quirks.secretsShown && hook.secret !== undefined
      ? { secret: hook.secret }
      : {},
  url: hook.url,
  active: hook.active,
  scopeType:
    hook.scope instanceof SimulatedWorkspace ? 'project' : 'repository',
  sslVerificationRequired: hook.sslVerificationRequired,
});

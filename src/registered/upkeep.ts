import { SchedulerService } from '@backstage/backend-plugin-api';
import { WorkspaceIndex } from '../workspace';
import { noteRefreshKeys } from './refreshKeys';

/**
 * Keeps the tables of this module small and complete, on one replica once an hour,
 * with providers or without.
 */
export async function scheduleUpkeep(
  index: WorkspaceIndex,
  scheduler: SchedulerService,
): Promise<void> {
  await scheduler.scheduleTask({
    id: 'bitbucket-cloud:upkeep',
    frequency: { hours: 1 },
    timeout: { minutes: 30 },
    initialDelay: { minutes: 1 },
    scope: 'global',
    async fn(signal) {
      await index.prune(signal);
      await noteRefreshKeys(index, signal);
    },
  });
}

import {
  AuditorService,
  HttpAuthService,
  HttpRouterService,
  LoggerService,
  PermissionsRegistryService,
  PermissionsService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import { isError } from '@backstage/errors';
import { StatusHost } from '../status/actions';
import {
  bitbucketCacheForgetPermission,
  bitbucketPullRequestsCheckPermission,
  bitbucketRemovalsApprovePermission,
  bitbucketStatusReadPermission,
  createStatusRouter,
} from '../status/router';
import { createRunsRouter } from '../status/runsRouter';

/**
 * Serves `/api/catalog/bitbucket/…`, once for all products.
 *
 * @param services.hosts - that are installed; more may come
 */
export function installEndpoints(services: {
  auditor: AuditorService;
  hosts: readonly StatusHost[];
  httpAuth: HttpAuthService;
  httpRouter: HttpRouterService;
  logger: LoggerService;
  permissions: PermissionsService;
  permissionsRegistry: PermissionsRegistryService;
  scheduler: SchedulerService;
}): void {
  const { hosts, httpRouter, logger, permissionsRegistry } = services;
  permissionsRegistry.addPermissions([
    bitbucketCacheForgetPermission,
    bitbucketPullRequestsCheckPermission,
    bitbucketRemovalsApprovePermission,
    bitbucketStatusReadPermission,
  ]);
  httpRouter.use(
    createStatusRouter({
      ...services,
      trigger: taskId => triggerTask(services.scheduler, taskId),
    }),
  );
  httpRouter.use(
    createRunsRouter({
      find: pageId => findRuns(hosts, pageId),
      now: Date.now,
      logger,
    }),
  );
  // A click in a pull request carries no token.
  httpRouter.addAuthPolicy({
    path: '/bitbucket/runs',
    allow: 'unauthenticated',
  });
}

/** The runs of a page, of whichever host. */
async function findRuns(hosts: readonly StatusHost[], pageId: string) {
  for (const { pullRequests } of hosts) {
    const record = await pullRequests?.runs.record(pageId);
    if (record) {
      return record;
    }
  }
  return undefined;
}

async function triggerTask(
  scheduler: SchedulerService,
  taskId: string,
): Promise<void> {
  try {
    await scheduler.triggerTask(taskId);
  } catch (error) {
    // It runs at this moment; the next run is soon enough.
    if (!isError(error) || error.name !== 'ConflictError') {
      throw error;
    }
  }
}

import {
  AuditorService,
  HttpAuthService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError, toError } from '@backstage/errors';
import {
  AuthorizeResult,
  BasicPermission,
  createPermission,
} from '@backstage/plugin-permission-common';
import { JsonObject } from '@backstage/types';
import express, { Request, Router } from 'express';
import PromiseRouter from 'express-promise-router';
import { DeliverySnapshot } from '../changes/DeliveryReceiver';
import {
  approveRemovals,
  chooseProvider,
  checkPullRequest,
  forgetCached,
  readCheckRequest,
  readForgetRequest,
  StatusHost,
} from './actions';

/**
 * Guards `GET /api/catalog/bitbucket/status`, which names private
 * repositories in its messages.
 *
 * @public
 */
export const bitbucketStatusReadPermission = createPermission({
  name: 'catalog.bitbucket.status.read',
  attributes: { action: 'read' },
});

/**
 * Guards `POST /api/catalog/bitbucket/removals/approve`, which lets
 * the next walk remove the Locations that are held.
 *
 * @public
 */
export const bitbucketRemovalsApprovePermission = createPermission({
  name: 'catalog.bitbucket.removals.approve',
  attributes: { action: 'delete' },
});

/**
 * Guards `POST /api/catalog/bitbucket/forget`, after which what is cached
 * of a repository or a workspace is fetched from Bitbucket again.
 *
 * @public
 */
export const bitbucketCacheForgetPermission = createPermission({
  name: 'catalog.bitbucket.cache.forget',
  attributes: { action: 'update' },
});

/**
 * Guards `POST /api/catalog/bitbucket/pull-requests/check`, which checks a pull request
 * and posts the result to it.
 *
 * @public
 */
export const bitbucketPullRequestsCheckPermission = createPermission({
  name: 'catalog.bitbucket.pull-requests.check',
  attributes: { action: 'update' },
});

/** What {@link createStatusRouter} works with. */
type StatusRouterOptions = {
  /** At least one; more may come while the backend starts. */
  hosts: readonly StatusHost[];
  auditor: AuditorService;
  httpAuth: HttpAuthService;
  permissions: PermissionsService;
  /** Runs a scheduled task now, unless it runs already. */
  trigger(taskId: string): Promise<void>;
};

/**
 * Serves `/api/catalog/bitbucket/…`: how the hosts and their providers are doing,
 * approvals of removals, and requests to forget what is cached.
 */
export function createStatusRouter(options: StatusRouterOptions): Router {
  const { hosts, trigger } = options;
  const router = PromiseRouter();

  router.get('/bitbucket/status', async (request, response) => {
    await authorize(
      request,
      bitbucketStatusReadPermission,
      'Reading the status',
      options,
    );
    response.json({
      hosts: await Promise.all(hosts.map(hostStatus)),
      providers: await Promise.all(
        hosts.flatMap(({ index, providers, webhookOf }) =>
          providers.map(async provider => ({
            host: index.host.id,
            ...(await provider.status()),
            webhook: webhookOf(provider.config),
          })),
        ),
      ),
    });
  });

  router.post(
    '/bitbucket/removals/approve',
    express.json(),
    async (request, response) => {
      const { provider, approval } = await audited(
        request,
        {
          eventId: 'bitbucket-removals-approve',
          meta: { provider: Object(request.body).provider },
        },
        options,
        async () => {
          await authorize(
            request,
            bitbucketRemovalsApprovePermission,
            'Approving removals',
            options,
          );
          const chosen = chooseProvider(hosts, request.body);
          const approved = await approveRemovals(chosen);
          return {
            result: { provider: chosen, approval: approved },
            meta: approved,
          };
        },
      );
      await trigger(provider.taskId);
      response.json(approval);
    },
  );

  router.post(
    '/bitbucket/forget',
    express.json(),
    async (request, response) => {
      const wanted = readForgetRequest(hosts, request.body);
      const forgotten = await audited(
        request,
        { eventId: 'bitbucket-forget', meta: wanted },
        options,
        async () => {
          await authorize(
            request,
            bitbucketCacheForgetPermission,
            'Clearing the cache',
            options,
          );
          const counts = await forgetCached(hosts, wanted);
          return { result: counts, meta: { ...wanted, ...counts } };
        },
      );
      response.json({ ...wanted, forgotten });
    },
  );

  router.post(
    '/bitbucket/pull-requests/check',
    express.json(),
    async (request, response) => {
      const wanted = readCheckRequest(hosts, request.body);
      const started = await audited(
        request,
        { eventId: 'bitbucket-pull-requests-check', meta: wanted },
        options,
        async () => {
          await authorize(
            request,
            bitbucketPullRequestsCheckPermission,
            'Checking a pull request',
            options,
          );
          const result = await checkPullRequest(hosts, wanted);
          return { result, meta: wanted };
        },
      );
      response.status(202).json(started);
    },
  );

  return router;
}

async function hostStatus(host: StatusHost) {
  const { index, providers, deliveries, pullRequests } = host;
  const { id, names, credential, quota } = index.host;
  const { kind, label } = credential;
  return {
    id,
    product: names.product,
    credential: { kind, label },
    budget: quota.snapshot(),
    deliveries: deliveriesStatus(deliveries.snapshot(index.host.id)),
    ...(providers.length > 0 && { heads: await headsStatus(host) }),
    ...(pullRequests && { pullRequests: await pullRequests.runs.status() }),
  };
}

/** Absent where the host says by itself what has changed. */
async function headsStatus({ index, providers }: StatusHost) {
  const [{ config }] = providers;
  const heads = await index.repositories.heads.status(config.workspace);
  return (
    heads && {
      repositories: heads.repositories,
      secondsPerRound: heads.roundMs / 1_000,
      oldestAt: heads.oldestAt,
    }
  );
}

function deliveriesStatus({ counts, lastAt }: DeliverySnapshot) {
  return { ...counts, lastAt: lastAt && new Date(lastAt).toISOString() };
}

/** Does something that leaves a trace of who wanted it, and what came of it. */
async function audited<T>(
  request: Request,
  { eventId, meta }: { eventId: string; meta: JsonObject },
  { auditor }: Pick<StatusRouterOptions, 'auditor'>,
  work: () => Promise<{ result: T; meta: JsonObject }>,
): Promise<T> {
  const event = await auditor.createEvent({
    eventId,
    severityLevel: 'medium',
    request,
    meta,
  });
  try {
    const { result, meta: outcome } = await work();
    await event.success({ meta: outcome });
    return result;
  } catch (error) {
    await event.fail({ error: toError(error) });
    throw error;
  }
}

/** @param action - what requires the permission, to begin a sentence */
async function authorize(
  request: Request,
  permission: BasicPermission,
  action: string,
  {
    httpAuth,
    permissions,
  }: Pick<StatusRouterOptions, 'httpAuth' | 'permissions'>,
): Promise<void> {
  const credentials = await httpAuth.credentials(request);
  const [{ result }] = await permissions.authorize([{ permission }], {
    credentials,
  });
  if (result !== AuthorizeResult.ALLOW) {
    throw new NotAllowedError(
      `${action} requires the permission ${permission.name}`,
    );
  }
}

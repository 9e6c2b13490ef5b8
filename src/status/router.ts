import {
  AuditorService,
  HttpAuthService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError, toError } from '@backstage/errors';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import express, { Request, Router } from 'express';
import PromiseRouter from 'express-promise-router';
import { BitbucketClient } from '../bitbucket';
import { Deliveries, DeliverySnapshot } from '../events';
import { BitbucketCloudEntityProvider } from '../provider';
import { InstalledWebhooks } from '../webhooks';
import { approveRemovals, chooseProvider } from './approval';
import { bitbucketCloudRemovalsApprovePermission } from './permissions';

/** What {@link createStatusRouter} works with. */
export type StatusRouterOptions = {
  client: BitbucketClient;
  providers: BitbucketCloudEntityProvider[];
  webhooks: Pick<InstalledWebhooks, 'statusOf'>;
  deliveries: Deliveries;
  auditor: AuditorService;
  httpAuth: HttpAuthService;
  permissions: PermissionsService;
  /** Runs a scheduled task now, unless it runs already. */
  trigger(taskId: string): Promise<void>;
};

/** Serves `/api/catalog/bitbucket-cloud/…`: how the providers are doing, and approvals of removals. */
export function createStatusRouter(options: StatusRouterOptions): Router {
  const { client, providers, trigger, webhooks } = options;
  const router = PromiseRouter();

  router.get('/bitbucket-cloud/status', async (_, response) => {
    const { kind, label } = client.credential;
    response.json({
      credential: { kind, label },
      budget: client.budget.snapshot(),
      deliveries: deliveriesStatus(options.deliveries.snapshot()),
      providers: await Promise.all(
        providers.map(async provider => ({
          ...(await provider.status()),
          webhook: webhooks.statusOf(provider.config),
        })),
      ),
    });
  });

  router.post(
    '/bitbucket-cloud/removals/approve',
    express.json(),
    async (request, response) => {
      const { provider, approval } = await approveAudited(request, options);
      await trigger(provider.taskId);
      response.json(approval);
    },
  );

  return router;
}

function deliveriesStatus({ counts, lastAt }: DeliverySnapshot) {
  return { ...counts, lastAt: lastAt && new Date(lastAt).toISOString() };
}

/** Lets one held removal through, for who may, and leaves a trace of who did. */
async function approveAudited(
  request: Request,
  { auditor, providers, ...services }: StatusRouterOptions,
) {
  const event = await auditor.createEvent({
    eventId: 'bitbucket-cloud-removals-approve',
    severityLevel: 'medium',
    request,
    meta: { provider: Object(request.body).provider },
  });
  try {
    await authorize(request, services);
    const provider = chooseProvider(providers, request.body);
    const approval = await approveRemovals(provider);
    await event.success({ meta: approval });
    return { provider, approval };
  } catch (error) {
    await event.fail({ error: toError(error) });
    throw error;
  }
}

async function authorize(
  request: Request,
  {
    httpAuth,
    permissions,
  }: Pick<StatusRouterOptions, 'httpAuth' | 'permissions'>,
): Promise<void> {
  const credentials = await httpAuth.credentials(request);
  const permission = bitbucketCloudRemovalsApprovePermission;
  const [{ result }] = await permissions.authorize([{ permission }], {
    credentials,
  });
  if (result !== AuthorizeResult.ALLOW) {
    throw new NotAllowedError(
      `Approving removals takes the permission ${permission.name}`,
    );
  }
}

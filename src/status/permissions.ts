import { createPermission } from '@backstage/plugin-permission-common';

/**
 * Guards `GET /api/catalog/bitbucket-cloud/status`, which names private
 * repositories in its messages.
 *
 * @public
 */
export const bitbucketCloudStatusReadPermission = createPermission({
  name: 'catalog.bitbucket-cloud.status.read',
  attributes: { action: 'read' },
});

/**
 * Guards `POST /api/catalog/bitbucket-cloud/removals/approve`, which lets
 * Locations go that the brake holds back.
 *
 * @public
 */
export const bitbucketCloudRemovalsApprovePermission = createPermission({
  name: 'catalog.bitbucket-cloud.removals.approve',
  attributes: { action: 'delete' },
});

/**
 * Guards `POST /api/catalog/bitbucket-cloud/forget`, after which what is cached
 * of a repository or a workspace is fetched from Bitbucket again.
 *
 * @public
 */
export const bitbucketCloudCacheForgetPermission = createPermission({
  name: 'catalog.bitbucket-cloud.cache.forget',
  attributes: { action: 'update' },
});

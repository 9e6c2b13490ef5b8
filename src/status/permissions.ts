import { createPermission } from '@backstage/plugin-permission-common';

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

/**
 * Fills the Backstage catalog from Bitbucket Cloud workspaces, and reads their
 * files.
 *
 * @packageDocumentation
 */
export { bitbucketCloud as default } from './plugin/bitbucketCloud';
export { ANNOTATION_BITBUCKET_CLOUD_REPO_URL } from './hosts/bitbucket-cloud/names';
export {
  bitbucketCacheForgetPermission,
  bitbucketPullRequestsCheckPermission,
  bitbucketRemovalsApprovePermission,
  bitbucketStatusReadPermission,
} from './status/router';

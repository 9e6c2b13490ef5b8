/**
 * Fills the Backstage catalog from Bitbucket Cloud workspaces, and reads their
 * files.
 *
 * @packageDocumentation
 */
export { bitbucketCloud as default } from './bitbucketCloud';
export { ANNOTATION_BITBUCKET_CLOUD_REPO_URL } from './provider';
export {
  bitbucketCloudCacheForgetPermission,
  bitbucketCloudRemovalsApprovePermission,
  bitbucketCloudStatusReadPermission,
} from './status';

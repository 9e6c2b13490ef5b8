/**
 * Fills the Backstage catalog from instances of Bitbucket Data Center, and reads their
 * files.
 *
 * @packageDocumentation
 */
export { bitbucketDataCenter as default } from './plugin/dataCenter';
export {
  bitbucketCacheForgetPermission,
  bitbucketPullRequestsCheckPermission,
  bitbucketRemovalsApprovePermission,
  bitbucketStatusReadPermission,
} from './status/router';

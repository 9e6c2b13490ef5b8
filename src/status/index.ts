export {
  bitbucketCloudCacheForgetPermission,
  bitbucketCloudRemovalsApprovePermission,
  bitbucketCloudStatusReadPermission,
} from './permissions';
export { createStatusRouter } from './router';

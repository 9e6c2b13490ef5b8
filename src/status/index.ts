export { bitbucketCloudRemovalsApprovePermission } from './permissions';
export { createStatusRouter } from './router';

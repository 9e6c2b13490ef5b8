export { BitbucketCloudEntityProvider } from './BitbucketCloudEntityProvider';
export { ANNOTATION_BITBUCKET_CLOUD_REPO_URL } from './locations';
export { readEmittedTargets } from './EmittedLocations';
export { readUnreadNow, readUnreadUrls } from './processNow';
export type { ProviderStatus } from './providerStatus';
export { readRegisteredUrls } from './registrations';

export { BitbucketCloudEntityProvider } from './BitbucketCloudEntityProvider';
export { ANNOTATION_BITBUCKET_CLOUD_REPO_URL } from './locations';
export { readEmittedTargets } from './EmittedLocations';
export type { ProviderStatus } from './providerStatus';

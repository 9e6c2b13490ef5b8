export { BitbucketCloudEntityProvider } from './BitbucketCloudEntityProvider';
export { ANNOTATION_BITBUCKET_CLOUD_REPO_URL } from './locations';
export { readToldTargets } from './ProviderMemory';
export type { ProviderStatus } from './providerStatus';
export { readRegisteredUrls } from './registrations';

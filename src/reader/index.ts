export { BitbucketCloudUrlReader } from './BitbucketCloudUrlReader';
export type { TreeResponseFactory } from './BitbucketCloudUrlReader';
export { isBitbucketCloudUrl, toFileUrl, toRepositoryUrl } from './urls';

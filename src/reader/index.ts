export { BitbucketCloudUrlReader } from './BitbucketCloudUrlReader';
export type { TreeResponseFactory } from './BitbucketCloudUrlReader';

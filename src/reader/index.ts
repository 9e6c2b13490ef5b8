export { BitbucketCloudUrlReader } from './BitbucketCloudUrlReader';
export type { TreeResponseFactory } from './BitbucketCloudUrlReader';
export {
  isBitbucketCloudUrl,
  parseUrl,
  toFileUrl,
  toRepositoryUrl,
} from './urls';

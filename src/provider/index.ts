export { BitbucketCloudEntityProvider } from './BitbucketCloudEntityProvider';

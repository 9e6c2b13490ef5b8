export { BitbucketCloudLocationAnalyzer } from './BitbucketCloudLocationAnalyzer';

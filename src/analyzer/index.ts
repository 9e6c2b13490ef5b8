export { readCatalogRules } from './catalogRules';
export { BitbucketCloudLocationAnalyzer } from './BitbucketCloudLocationAnalyzer';

export { toFileUrl, toRepositoryUrl, toUrl } from './build';
export { encodePath } from './encode';
export { isBitbucketCloudUrl, parseUrl, withoutUser } from './parse';
export type { RepositoryUrl } from './types';

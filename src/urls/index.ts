export { toFileUrl, toRepositoryUrl, toUrl } from './build';
export { encodePath } from './encode';
export { isBitbucketCloudUrl, parseUrl, withoutUser } from './parse';
export { refNames } from './refNames';
export type { RepositoryUrl } from './types';

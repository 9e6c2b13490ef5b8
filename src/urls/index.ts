export { toFileUrl, toPlace, toRepositoryUrl, toUrl } from './build';
export { encodePath } from './encode';
export { isBitbucketCloudUrl, parseUrl, withoutUser } from './parse';
export { refNames } from './refNames';
export { HEAD } from './types';
export type { RepositoryUrl } from './types';

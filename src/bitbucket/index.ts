export type { BitbucketClient } from './BitbucketClient';
export {
  createBitbucketClient,
  type BitbucketClientOptions,
} from './createBitbucketClient';
export { RequestMeter } from './meter';
export { quote } from './query';
export type { Timing } from './timing';
export * from './errors';
export type * from './types';

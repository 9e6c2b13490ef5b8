import { BackendFeature } from '@backstage/backend-plugin-api';
import { Timing } from '../src/http/retry';
import {
  bitbucketCloudServiceRef,
  createBitbucketCloudFactory,
} from '../src/plugin/bitbucketCloud';

/** Gives a backend's REST client other time limits and waits, or another clock. */
export function clientWithTiming(timing: Partial<Timing>): BackendFeature {
  return createBitbucketCloudFactory(bitbucketCloudServiceRef, timing);
}

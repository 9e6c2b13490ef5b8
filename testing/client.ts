import { BackendFeature } from '@backstage/backend-plugin-api';
import { Timing } from '../src/http/retry';
import {
  bitbucketCloudServiceRef,
  createBitbucketCloudFactory,
} from '../src/plugin/bitbucketCloud';
import {
  createDataCenterFactory,
  dataCenterServiceRef,
} from '../src/plugin/dataCenter';

/** Gives a backend's REST client other time limits and waits, or another clock. */
export function clientWithTiming(timing: Partial<Timing>): BackendFeature {
  return createBitbucketCloudFactory(bitbucketCloudServiceRef, timing);
}

/** The same, of Bitbucket Data Center. */
export function dataCenterClientWithTiming(
  timing: Partial<Timing>,
): BackendFeature {
  return createDataCenterFactory(dataCenterServiceRef, timing);
}

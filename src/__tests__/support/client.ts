import {
  BackendFeature,
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { createBitbucketClient, Timing } from '../../bitbucket';
import { bitbucketClientServiceRef } from '../../clientService';
import { readIntegrationConfig } from '../../config';

/** Gives a backend's REST client other time limits and waits, or another clock. */
export function clientWithTiming(timing: Partial<Timing>): BackendFeature {
  return createServiceFactory({
    service: bitbucketClientServiceRef,
    deps: { config: coreServices.rootConfig, logger: coreServices.logger },
    factory({ config, logger }) {
      const { value: integration } = readIntegrationConfig(config);
      return createBitbucketClient({ ...integration, logger, timing });
    },
  });
}

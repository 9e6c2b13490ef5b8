import {
  DataCenterOptions,
  DataCenterSimulator,
  SimulatedInstance,
} from '../dev/simulator/data-center';
import { DataCenterCredentialConfig } from '../src/config/types';
import {
  createDataCenterClient,
  DataCenterClient,
  DataCenterClientOptions,
} from '../src/hosts/bitbucket-data-center/createDataCenterClient';
import { fakeTiming } from './bitbucket/fakeTiming';
import { recordingLogger } from './bitbucket/recordingLogger';
import { startDataCenter as startInstance } from './simulator';

/** Starts an instance that lives until the end of the test; with a project `PAY` by default. */
export function startDataCenter(
  options: Partial<DataCenterOptions> = {},
): Promise<DataCenterSimulator> {
  const { instance = new SimulatedInstance() } = options;
  if (!options.instance) {
    instance.addProject('PAY');
  }
  return startInstance({ ...options, instance });
}

/** A client of a server on this machine, whose waits are over at once. */
export function dataCenterClientOf(
  { baseUrl }: { baseUrl: string },
  options: Partial<DataCenterClientOptions> & {
    /** Default: none. */
    credential?: DataCenterCredentialConfig;
  } = {},
): DataCenterClient {
  return createDataCenterClient({
    key: 'integrations.bitbucketServer[0]',
    host: new URL(baseUrl).host,
    baseUrl,
    webBaseUrl: baseUrl,
    concurrency: 8,
    freshnessMs: 120_000,
    maxFileBytes: 1_048_576,
    credential: { kind: 'anonymous' },
    logger: recordingLogger(),
    ...options,
    timing: fakeTiming(options.timing),
  });
}

import { DataCenterSimulator } from '../dev/simulator/data-center';
import { BitbucketDataCenterHost } from '../src/hosts/bitbucket-data-center/BitbucketDataCenterHost';
import { createDataCenterDeliveries } from '../src/hosts/bitbucket-data-center/delivery';
import { headsOf } from '../src/hosts/bitbucket-data-center/limits';
import { HeadsPolicy } from '../src/scm/ScmHost';
import { WorkspaceIndex } from '../src/mirror/WorkspaceIndex';
import { catalogTablesIn } from './catalog-tables';
import { dataCenterClientOf } from './dataCenter';
import { memoryDatabase } from './workspace/memoryDatabase';

/** An index of an instance that knows nothing yet. */
export function dataCenterIndexOf(
  simulator: DataCenterSimulator,
  {
    heads = headsOf({ withWebhooks: false, walkMs: 120_000 }),
    ...options
  }: {
    heads?: HeadsPolicy;
    headFreshnessMs?: number;
    now?: () => number;
  } = {},
): WorkspaceIndex {
  const client = dataCenterClientOf(simulator);
  const host = new BitbucketDataCenterHost({
    client,
    deliveries: createDataCenterDeliveries({ host: client.api.host }),
    heads: () => heads,
  });
  const open = memoryDatabase();
  const catalog = catalogTablesIn(open);
  return new WorkspaceIndex({
    host,
    open,
    catalog,
    freshnessMs: 120_000,
    ...options,
  });
}

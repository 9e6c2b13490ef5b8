import { DataCenterSimulator } from '../dev/simulator/data-center';
import { BitbucketDataCenterHost } from '../src/hosts/bitbucket-data-center/BitbucketDataCenterHost';
import { createDataCenterDeliveries } from '../src/hosts/bitbucket-data-center/delivery';
import { headsOf } from '../src/hosts/bitbucket-data-center/limits';
import { WorkspaceIndex } from '../src/mirror/WorkspaceIndex';
import { catalogTablesIn } from './catalog-tables';
import { dataCenterClientOf } from './dataCenter';
import { memoryDatabase } from './workspace/memoryDatabase';

/** An index of an instance that knows nothing yet. */
export function dataCenterIndexOf(
  simulator: DataCenterSimulator,
  options: Parameters<typeof dataCenterClientOf>[1] = {},
): WorkspaceIndex {
  const client = dataCenterClientOf(simulator, options);
  const host = new BitbucketDataCenterHost({
    client,
    deliveries: createDataCenterDeliveries({ host: client.api.host }),
    heads: () => headsOf({ withWebhooks: false, walkMs: 120_000 }),
  });
  const open = memoryDatabase();
  const catalog = catalogTablesIn(open);
  return new WorkspaceIndex({ host, open, catalog, freshnessMs: 120_000 });
}

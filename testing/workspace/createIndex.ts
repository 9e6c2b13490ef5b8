import { Knex } from 'knex';
import { BitbucketClient } from '../../src/hosts/bitbucket-cloud/BitbucketClient';
import { BitbucketCloudHost } from '../../src/hosts/bitbucket-cloud/BitbucketCloudHost';
import { WorkspaceIndex } from '../../src/mirror/WorkspaceIndex';
import { catalogTablesIn } from '../catalog-tables';
import { memoryDatabase } from './memoryDatabase';

/** An index that knows nothing yet, unless it is given the database of another. */
export function createIndex(
  client: BitbucketClient,
  options: {
    /** Default: two minutes. */
    freshnessMs?: number;
    now?: () => number;
    open?: () => Promise<Knex>;
  } = {},
): WorkspaceIndex {
  const { freshnessMs = 120_000, now, open = memoryDatabase() } = options;
  const host = new BitbucketCloudHost(client);
  const catalog = catalogTablesIn(open);
  return new WorkspaceIndex({ host, open, catalog, freshnessMs, now });
}

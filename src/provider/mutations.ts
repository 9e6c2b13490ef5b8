import { EntityProviderConnection } from '@backstage/plugin-catalog-node';
import { LocatedFile } from '../catalog-tables';
import { toLocation } from './locations';

/** Entities per mutation, each of which is one transaction of the catalog. */
const BATCH = 1_000;

/**
 * Adds Locations to the catalog, and removes others with the last of them. What
 * the catalog has already stays as it is.
 *
 * @param provider - the entity provider's name
 */
export async function mutate(
  connection: EntityProviderConnection,
  provider: string,
  added: LocatedFile[],
  removed: LocatedFile[],
): Promise<void> {
  let rest = { added, removed };
  while (rest.added.length + rest.removed.length > 0) {
    const now = {
      added: rest.added.slice(0, BATCH),
      removed: rest.removed.slice(0, Math.max(0, BATCH - rest.added.length)),
    };
    await connection.applyMutation({
      type: 'delta',
      added: now.added.map(file => toLocation(file, provider)),
      removed: now.removed.map(file => toLocation(file, provider)),
    });
    rest = {
      added: rest.added.slice(now.added.length),
      removed: rest.removed.slice(now.removed.length),
    };
  }
}

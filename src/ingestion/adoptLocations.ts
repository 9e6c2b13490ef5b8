import { addTo } from '../lib/batching';
import { EmittedLocation } from '../catalog-tables/EmittedLocation';
import { transferLocation } from '../catalog-tables/transfers';
import { ReconciliationTools } from './Reconciliation';
import { selectionOf } from './filters';
import { Peer, successorOf } from './takeover';

/**
 * Takes over what providers of this module have in the catalog that are no longer
 * configured, and that this one asks for: a provider may have got another id, or several
 * may have become one.
 *
 * When a catalog starts, it removes everything that such providers have, as soon as all
 * others are connected. So this has to be done before that.
 *
 * @returns how many Locations there were
 */
export async function adoptLocations(
  tools: ReconciliationTools,
): Promise<number> {
  const { catalog, config, emitted, host, index, peers, provider } = tools;
  const self: Peer = { provider, config };
  const configured = [self, ...peers].map(peer => peer.provider);
  const unconfigured = (await emitted.providers()).filter(
    name =>
      name.startsWith(host.names.provider('')) && !configured.includes(name),
  );
  if (unconfigured.length === 0) {
    return 0;
  }
  const left = await catalog.ofProviders(unconfigured);
  const byUuid = new Map<
    string,
    { from: string; location: EmittedLocation }[]
  >();
  left.forEach(one => addTo(byUuid, one.location.uuid, one));
  const repositories = await index.repositories.byUuid(selectionOf(config), [
    ...byUuid.keys(),
  ]);
  let adopted = 0;
  for (const repository of repositories) {
    for (const { from, location } of byUuid.get(repository.uuid) ?? []) {
      const { uuid, path } = location;
      const isWanted = successorOf(host, [self], repository, path) === self;
      const transfer = { from, to: provider, uuid, file: location };
      if (isWanted && (await transferLocation(tools.tables, transfer))) {
        adopted += 1;
      }
    }
  }
  return adopted;
}

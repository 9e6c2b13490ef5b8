import { BackendProcess } from './backend';
import { CloudBitbucket } from './cloudBitbucket';
import { Catalog } from './catalog';
import { Contestant } from './measure';
import { Fill, firstFill } from './phases';

/** First fills under Bitbucket's limit of 1,000 requests an hour. */
export type LimitedFills = { size: number; ours: Fill; stock: Fill };

/**
 * Watches first fills of both modules, each with a limit of its own, at the
 * same time.
 *
 * @param folder - for databases and logs
 * @param minutes - ends the watch
 */
export async function measureLimited(
  size: number,
  folder: string,
  minutes: number,
): Promise<LimitedFills> {
  const fill = (module: Contestant) =>
    fillLimited(module, size, folder, minutes * 60);
  const [ours, stock] = await Promise.all([fill('ours'), fill('stock')]);
  return { size, ours, stock };
}

async function fillLimited(
  module: Contestant,
  size: number,
  folder: string,
  limitSeconds: number,
): Promise<Fill> {
  const bitbucket = await CloudBitbucket.start(size, { rateLimit: {} });
  const catalog = await Catalog.create(folder, `limited-${module}-${size}`);
  const backend = await BackendProcess.start({
    module,
    product: 'cloud',
    apiBaseUrl: bitbucket.apiBaseUrl,
    databaseFolder: catalog.folder,
  });
  // It stands still for as long as an hour's requests are used up.
  const watch = { limitSeconds, standstillSeconds: Infinity };
  const fill = await firstFill(backend, bitbucket, catalog, watch);
  await backend.stop();
  await catalog.remove();
  await bitbucket.stop();
  return fill;
}

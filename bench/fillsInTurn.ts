import { BackendProcess, Product } from './backend';
import { Catalog } from './catalog';
import { Contestant, FILL_WATCH, Print } from './measure';
import { Fill, firstFill } from './phases';
import { startBitbucket } from './startBitbucket';

/** First fills of both modules. */
export type Fills = Record<Contestant, Fill[]>;

/**
 * Fills catalogs by both modules in turn, so that what else the machine does
 * affects both.
 *
 * @param times - how often
 * @param folder - for databases and logs
 * @param answersAfterMs - how late each answer of Bitbucket is, by default not at all
 */
export async function fillsInTurn(
  times: number,
  product: Product,
  size: number,
  folder: string,
  print: Print,
  answersAfterMs?: number,
): Promise<Fills> {
  const fills: Fills = { ours: [], stock: [] };
  for (let time = 1; time <= times; time += 1) {
    for (const module of ['ours', 'stock'] as const) {
      print(`first fill ${time} of ${times}, ${module}`);
      fills[module].push(
        await fill(module, product, size, folder, answersAfterMs),
      );
    }
  }
  return fills;
}

async function fill(
  module: Contestant,
  product: Product,
  size: number,
  folder: string,
  answersAfterMs?: number,
): Promise<Fill> {
  const bitbucket = await startBitbucket(product, size, { answersAfterMs });
  const catalog = await Catalog.create(
    folder,
    `fill-${module}-${size}`,
    product,
  );
  const backend = await BackendProcess.start({
    module,
    product,
    apiBaseUrl: bitbucket.apiBaseUrl,
    databaseFolder: catalog.folder,
    unlimited: true,
  });
  const filled = await firstFill(backend, bitbucket, catalog, FILL_WATCH);
  await backend.stop();
  await catalog.remove();
  await bitbucket.stop();
  return filled;
}

/** The fill that took neither the most nor the least time. */
export function medianFill(fills: Fill[]): Fill {
  const sorted = [...fills].sort((a, b) => a.seconds - b.seconds);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

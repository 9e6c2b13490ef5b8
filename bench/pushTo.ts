import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startPostgres } from '../testing/databases';
import { BackendProcess, Product } from './backend';
import { Bitbucket } from './bitbucket';
import { Catalog } from './catalog';
import { firstFill, pushes, Trials, Watch } from './phases';
import { startBitbucket } from './startBitbucket';
import { PostgresCatalog } from './postgresCatalog';

type Settings = Omit<Parameters<typeof BackendProcess.start>[0], 'module'>;

const WATCH: Watch = { limitSeconds: 600, standstillSeconds: 120 };

/**
 * Pushes to a backend with a webhook.
 *
 * @param settings - of an earlier backend, which has filled the catalog
 */
export async function pushTo(
  settings: Settings,
  bitbucket: Bitbucket,
  catalog: Catalog,
): Promise<Trials> {
  await catalog.spreadDue();
  const backend = await startWithWebhook(settings, bitbucket);
  const trials = await pushes(bitbucket, catalog);
  await backend.stop();
  return trials;
}

/**
 * The same with a PostgreSQL server of its own.
 *
 * @throws Error when there is none for this platform
 */
export async function pushOnPostgres(
  product: Product,
  size: number,
  folder: string,
): Promise<Trials> {
  const server = await startPostgres();
  const database = server.createDatabase();
  const databaseFolder = join(folder, `postgres-${size}`);
  await mkdir(databaseFolder);
  const bitbucket = await startBitbucket(product, size);
  const { apiBaseUrl } = bitbucket;
  const backend = await startWithWebhook(
    { product, apiBaseUrl, databaseFolder, database, unlimited: true },
    bitbucket,
  );
  const catalog = new PostgresCatalog(database);
  const { complete } = await firstFill(backend, bitbucket, catalog, WATCH);
  if (!complete) {
    throw new Error('The catalog was not filled on PostgreSQL in time');
  }
  const trials = await pushes(bitbucket, catalog);
  await backend.stop();
  await bitbucket.stop();
  await catalog.close();
  await server.stop();
  await rm(databaseFolder, { recursive: true });
  return trials;
}

/** @returns when it takes deliveries, and `bitbucket` sends them */
export async function startWithWebhook(
  settings: Settings,
  bitbucket: Bitbucket,
): Promise<BackendProcess> {
  const webhookSecret = randomUUID();
  const backend = await BackendProcess.start({
    ...settings,
    module: 'ours',
    webhookSecret,
  });
  await backend.takesDeliveries();
  bitbucket.deliverTo(backend.webhookUrl, webhookSecret);
  return backend;
}

import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BackendProcess, ModuleName } from './backend';
import { Bitbucket } from './bitbucket';
import { Catalog } from './catalog';
import { BenchOptions } from './options';
import { pushTo } from './pushTo';
import {
  Baseline,
  baseline,
  changedFile,
  Fill,
  firstFill,
  IdleCost,
  idleHour,
  idleIntervals,
  memory,
  Memory,
  processingScale,
  Restart,
  restart,
  Trials,
} from './phases';

type Contestant = Exclude<ModuleName, 'none'>;

/** Everything about one module and one size. */
export type Measurement = {
  fill: Fill;
  changedFile: Trials;
  /** With a webhook. */
  pushes?: Trials;
  pushesOnPostgres?: Trials;
  restart: Restart;
  idle: IdleCost;
  /** Of the process of the first fill. */
  memory: Memory;
  databaseBytes: number;
  /** The part of {@link Measurement.databaseBytes} in the tables of this package. */
  ownBytes: number;
};

/** Reports what is going on. */
export type Tell = (line: string) => void;

const FILL_LIMIT_SECONDS = 1_200;

/** Measures a module, phase after phase, on one workspace and one database. */
export async function measure(
  module: Contestant,
  size: number,
  folder: string,
  tell: Tell,
): Promise<Measurement> {
  const bitbucket = await Bitbucket.start(size);
  const catalog = await openCatalog(folder, `${module}-${size}`);
  const { apiBaseUrl } = bitbucket;
  const settings = {
    module,
    apiBaseUrl,
    databaseFolder: catalog.folder,
    unlimited: true,
  };

  tell('first fill');
  let backend = await BackendProcess.start(settings);
  const fill = await firstFill(backend, bitbucket, catalog, FILL_LIMIT_SECONDS);
  const used = await memory(backend);
  let changed: Trials | undefined;
  if (module === 'ours') {
    tell('changed files');
    changed = await changedFile(backend, bitbucket, catalog, { walks: true });
  }
  await backend.stop();
  const ownBytes = await catalog.ownBytes();
  const databaseBytes = await catalog.bytes();

  tell('restart');
  let due = await catalog.makeDue();
  const mark = bitbucket.requests;
  backend = await BackendProcess.start(settings);
  const restarted = await restart(backend, bitbucket, catalog, { mark, due });
  await backend.stop();

  tell('idle hour');
  const intervals = idleIntervals(await catalog.entities());
  due = await catalog.makeDue();
  backend = await BackendProcess.start({ ...settings, intervals });
  const idle = await idleHour(module, bitbucket, catalog, {
    intervals,
    due,
    fill,
  });
  if (!changed) {
    tell('changed files');
    changed = slowedDown(
      await changedFile(backend, bitbucket, catalog, { walks: false }),
      processingScale(intervals),
    );
  }
  await backend.stop();
  let pushed: Trials | undefined;
  if (module === 'ours') {
    tell('pushes with a webhook');
    pushed = await pushTo(settings, bitbucket, catalog);
  }
  await remove(catalog);
  await bitbucket.stop();
  return {
    fill,
    changedFile: changed,
    pushes: pushed,
    restart: restarted,
    idle,
    memory: used,
    databaseBytes,
    ownBytes,
  };
}

/** First fills under Bitbucket's limit of 1,000 requests an hour. */
export type LimitedFills = { ours: Fill; stock: Fill };

/** Watches first fills of both modules, each with a limit of its own, at the same time. */
export async function measureLimited(
  { limitedMinutes }: BenchOptions,
  size: number,
  folder: string,
  tell: Tell,
): Promise<LimitedFills> {
  tell('first fill under 1,000 requests an hour');
  const fill = (module: Contestant) =>
    fillLimited(module, size, folder, limitedMinutes * 60);
  const [ours, stock] = await Promise.all([fill('ours'), fill('stock')]);
  return { ours, stock };
}

async function fillLimited(
  module: Contestant,
  size: number,
  folder: string,
  limitSeconds: number,
): Promise<Fill> {
  const bitbucket = await Bitbucket.start(size, { rateLimit: {} });
  const catalog = await openCatalog(folder, `limited-${module}-${size}`);
  const backend = await BackendProcess.start({
    module,
    apiBaseUrl: bitbucket.apiBaseUrl,
    databaseFolder: catalog.folder,
  });
  const fill = await firstFill(backend, bitbucket, catalog, limitSeconds);
  await backend.stop();
  await remove(catalog);
  await bitbucket.stop();
  return fill;
}

/** @param components - how many come from nowhere */
export async function measureBaseline(
  folder: string,
  components: number,
): Promise<Baseline> {
  const catalog = await openCatalog(folder, `none-${components}`);
  const measured = await baseline(catalog, components);
  await remove(catalog);
  return measured;
}

async function openCatalog(folder: string, name: string): Promise<Catalog> {
  const databaseFolder = join(folder, name);
  await mkdir(databaseFolder);
  return new Catalog(databaseFolder);
}

async function remove(catalog: Catalog): Promise<void> {
  await catalog.close();
  await rm(catalog.folder, { recursive: true });
}

/** What would have been measured with re-reads as far apart as by default. */
const slowedDown = (changed: Trials, times: number): Trials => ({
  ...changed,
  medianMs: changed.medianMs * times,
  slowestMs: changed.slowestMs * times,
});

import { BackendProcess, ModuleName } from './backend';
import { Catalog } from './catalog';
import { changedFiles, ChangedFiles } from './changedFiles';
import { BenchOptions } from './options';
import { openPullRequestsTo } from './openPullRequestsTo';
import { pushTo } from './pushTo';
import { startBitbucket } from './startBitbucket';
import {
  atRest,
  Baseline,
  baseline,
  changedFile,
  Fill,
  firstFill,
  IdleCost,
  idleHour,
  idleInstance,
  IdleInstance,
  idleIntervals,
  memory,
  Memory,
  processingScale,
  PullRequestTrials,
  Rest,
  Restart,
  restart,
  Trials,
  Watch,
} from './phases';

export type Contestant = Exclude<ModuleName, 'none'>;

/** Everything about one module and one size. */
export type Measurement = Partial<ChangedFiles> & {
  fill: Fill;
  /** With answers that come late. */
  lateFill?: Fill;
  /** With a webhook. */
  pushes?: Trials;
  pushesOnPostgres?: Trials;
  pullRequests?: PullRequestTrials;
  restart?: Restart;
  idle?: IdleCost;
  /** With webhooks that the module installs, with Bitbucket Data Center. */
  idleWithWebhooks?: IdleCost;
  /** With `--rest-minutes`. */
  rest?: Rest;
  /** Of the process of the first fill. */
  memory?: Memory;
  databaseBytes: number;
  /** The part of {@link Measurement.databaseBytes} in the tables of this package. */
  ownBytes: number;
};

/** Reports what is going on. */
export type Print = (line: string) => void;

/** A first fill that is given up after some time. */
export const FILL_WATCH: Watch = {
  limitSeconds: 1_200,
  standstillSeconds: 120,
};

/** Measures a module, phase after phase, on one workspace and one database. */
export async function measure(
  module: Contestant,
  size: number,
  folder: string,
  print: Print,
  options: Pick<BenchOptions, 'product' | 'phases' | 'restMinutes'>,
): Promise<Measurement> {
  const { product, phases, restMinutes } = options;
  const bitbucket = await startBitbucket(product, size);
  const catalog = await Catalog.create(folder, `${module}-${size}`, product);
  const { apiBaseUrl } = bitbucket;
  const settings = {
    module,
    product,
    apiBaseUrl,
    databaseFolder: catalog.folder,
    unlimited: true,
  };

  print('first fill');
  let backend = await BackendProcess.start(settings);
  const fill = await firstFill(backend, bitbucket, catalog, FILL_WATCH);
  const used = phases.has('memory') ? await memory(backend) : undefined;
  await backend.stop();
  const ownBytes = await catalog.ownBytes();
  const databaseBytes = await catalog.bytes();

  let restarted: Restart | undefined;
  if (phases.has('restart')) {
    print('restart');
    const due = await catalog.makeDue();
    const mark = bitbucket.requests;
    backend = await BackendProcess.start(settings);
    restarted = await restart(backend, bitbucket, catalog, { mark, due });
    await backend.stop();
  }

  let changed: Partial<ChangedFiles> = {};
  if (module === 'ours' && phases.has('changed-files')) {
    print('changed files');
    changed = await changedFiles(settings, bitbucket, catalog);
  }

  let idle: IdleCost | undefined;
  const changesStock = module === 'stock' && phases.has('changed-files');
  const hasHeads = module === 'ours' && product === 'data-center';
  if ((phases.has('idle-hour') && !hasHeads) || changesStock) {
    print('idle hour');
    const intervals = idleIntervals(await catalog.entities());
    const due = await catalog.makeDue();
    backend = await BackendProcess.start({ ...settings, intervals });
    idle = await idleHour(module, bitbucket, catalog, { intervals, due, fill });
    if (changesStock) {
      print('changed files');
      const trials = await changedFile(backend, bitbucket, catalog, {
        walks: false,
      });
      changed = { changedFile: slowedDown(trials, processingScale(intervals)) };
    }
    await backend.stop();
  }
  let rest: Rest | undefined;
  if (restMinutes > 0) {
    print('at rest');
    rest = await atRest(settings, catalog, restMinutes);
  }
  let pushed: Trials | undefined;
  if (module === 'ours' && phases.has('pushes')) {
    print('pushes with a webhook');
    pushed = await pushTo(settings, bitbucket, catalog);
  }
  let opened: PullRequestTrials | undefined;
  if (module === 'ours' && phases.has('pull-requests')) {
    print('pull requests');
    opened = await openPullRequestsTo(settings, bitbucket, catalog);
  }
  let instance: Partial<IdleInstance> = {};
  if (phases.has('idle-hour') && hasHeads) {
    // Last, since its clock is ahead of that of the others.
    print('idle hours');
    instance = await idleInstance(settings, bitbucket, catalog);
    idle = instance.withoutWebhooks;
  }
  await catalog.remove();
  await bitbucket.stop();
  return {
    fill,
    ...changed,
    pushes: pushed,
    pullRequests: opened,
    restart: restarted,
    idle,
    idleWithWebhooks: instance.withWebhooks,
    rest,
    memory: used,
    databaseBytes,
    ownBytes,
  };
}

/** @param components - how many come from nowhere */
export async function measureBaseline(
  folder: string,
  components: number,
): Promise<Baseline> {
  const catalog = await Catalog.create(folder, `none-${components}`);
  const measured = await baseline(catalog, components);
  await catalog.remove();
  return measured;
}

/** What would have been measured with re-reads as far apart as by default. */
const slowedDown = (changed: Trials, times: number): Trials => ({
  ...changed,
  medianMs: changed.medianMs * times,
  slowestMs: changed.slowestMs * times,
});

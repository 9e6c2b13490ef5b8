import { setTimeout as sleep } from 'node:timers/promises';
import { HEAD_AGE_MS } from '../../src/hosts/bitbucket-data-center/limits';
import { BackendProcess } from '../backend';
import { Bitbucket, countPurposes } from '../bitbucket';
import { Catalog } from '../catalog';
import { until } from '../wait';
import { idleIntervals, processingScale } from './idleHour';
import { IdleCost } from './scaleToHour';

/** Seconds from one walk to the next, by default. */
const WALK_SECONDS = 120;

/** By the clock of the module: ten walks, and two lists of all repositories. */
const WINDOW_SECONDS = 1_200;
const WARM_UP_LIMIT_MS = 300_000;
const HOUR_SECONDS = 3_600;
/** A backend's clock begins somewhat earlier than its start is noticed. */
const LOADING_MS = 60_000;

/** The module looks at the webhook of each project so often. */
const WEBHOOKS_EVERY_HOURS = 6;

type Settings = Omit<
  Parameters<typeof BackendProcess.start>[0],
  'intervals' | 'clock'
>;

/** What an idle hour costs, with webhooks that the module installs and without. */
export type IdleInstance = {
  withoutWebhooks: IdleCost;
  withWebhooks: IdleCost;
};

/**
 * Counts the requests to an instance while nothing changes. Everything runs as many
 * times faster as the catalog can keep up with: the clock of the module, by which lists
 * and heads become due, walks, and re-reads. Heads are spread over the age that they may
 * have, as in an instance that has been followed for a while.
 *
 * @param settings - of an earlier backend, which has filled the catalog
 */
export async function idleInstance(
  settings: Settings,
  bitbucket: Bitbucket,
  catalog: Catalog,
): Promise<IdleInstance> {
  const intervals = idleIntervals(await catalog.entities());
  const speed = processingScale(intervals);
  // No clock begins before another one ends.
  let now = Date.now();
  const count = async (installsWebhooks: boolean): Promise<IdleCost> => {
    const due = await catalog.makeDue();
    const { withWebhooks, without } = HEAD_AGE_MS;
    const age = installsWebhooks ? withWebhooks : without;
    await catalog.spreadHeads(age, now);
    const backend = await BackendProcess.start({
      ...settings,
      intervals,
      localWalks: true,
      clock: { begin: now, speed },
      ...(installsWebhooks
        ? { installsWebhooks, webhookSecret: 'of-the-bench' }
        : {}),
    });
    const startedAt = Date.now();
    try {
      const counts = await countWindow(backend, bitbucket, catalog, {
        due,
        speed,
        pauseMs: intervals.processing * 1_000,
      });
      return toHour(counts, speed, installsWebhooks ? bitbucket.projects : 0);
    } finally {
      await backend.stop();
      now += (Date.now() - startedAt + LOADING_MS) * speed;
    }
  };
  return {
    withoutWebhooks: await count(false),
    withWebhooks: await count(true),
  };
}

/** Triggers walks meanwhile: the scheduler's own are as far apart as by default. */
async function countWindow(
  backend: BackendProcess,
  bitbucket: Bitbucket,
  catalog: Catalog,
  { due, speed, pauseMs }: { due: string; speed: number; pauseMs: number },
): Promise<ReturnType<typeof countPurposes>> {
  const walkEvery = (WALK_SECONDS / speed) * 1_000;
  const walks = setInterval(() => {
    backend.triggerWalk().catch(() => {});
  }, walkEvery);
  try {
    await until(async () => (await catalog.dueSince(due)) === 0, {
      limitMs: WARM_UP_LIMIT_MS,
      everyMs: 250,
    });
    await sleep(pauseMs + walkEvery);
    const mark = bitbucket.requests;
    await sleep((WINDOW_SECONDS / speed) * 1_000);
    return countPurposes(bitbucket.since(mark));
  } finally {
    clearInterval(walks);
  }
}

/** @param projects - that have a webhook */
function toHour(
  { listing, head, file, repository }: ReturnType<typeof countPurposes>,
  speed: number,
  projects: number,
): IdleCost {
  const factor = HOUR_SECONDS / WINDOW_SECONDS;
  const counted = listing + head + file + repository;
  const checks = projects / WEBHOOKS_EVERY_HOURS;
  const minutes = WINDOW_SECONDS / 60;
  return {
    requests: counted * factor + checks,
    arithmetic: [
      `${counted} requests in ${minutes} minutes at ${speed} times the speed: ${listing} for lists, ${head} for heads, ${file} for files, ${repository} for others. ${counted} × ${factor} = ${counted * factor}`,
      ...(projects > 0
        ? [
            `the webhooks of ${projects} projects, once in ${WEBHOOKS_EVERY_HOURS} hours: ${projects}/${WEBHOOKS_EVERY_HOURS} = ${checks.toFixed(1)}`,
          ]
        : []),
    ],
  };
}

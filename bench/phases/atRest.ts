import { setTimeout as sleep } from 'node:timers/promises';
import { BackendProcess } from '../backend';
import { BackendSettings } from '../backend/settings';
import { Catalog } from '../catalog';

/** CPU seconds that a backend takes in a minute in which nothing changes. */
export type Rest = {
  byDefault: number;
  /** With `catalog.processingInterval: { minutes: 30 }`. */
  withLongInterval: number;
};

/** Seconds from one reading of an entity to the next, by default. */
const DEFAULT_SECONDS = 125;

const LONG_MINUTES = 30;

/** The catalog waits for its interval, or up to half as long again. */
const LONG_SECONDS = LONG_MINUTES * 60 * 1.25;

/** The start, with its first walk, is another matter. */
const WARM_UP_MS = 30_000;

/** Measures a filled catalog twice, for so many minutes each. */
export async function atRest(
  settings: Omit<BackendSettings, 'port'>,
  catalog: Catalog,
  minutes: number,
): Promise<Rest> {
  const measure = async (seconds: number, processingMinutes?: number) => {
    await catalog.spreadDue(seconds);
    const backend = await BackendProcess.start({
      ...settings,
      processingMinutes,
    });
    await sleep(WARM_UP_MS);
    const before = await backend.usage();
    await sleep(minutes * 60_000);
    const after = await backend.usage();
    await backend.stop();
    return (after.cpuSeconds - before.cpuSeconds) / minutes;
  };
  return {
    byDefault: await measure(DEFAULT_SECONDS),
    withLongInterval: await measure(LONG_SECONDS, LONG_MINUTES),
  };
}

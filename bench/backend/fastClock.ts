import { setTimeout as sleep } from 'node:timers/promises';
import {
  createDataCenterFactory,
  dataCenterServiceRef,
} from '../../src/plugin/dataCenter';

/**
 * Gives this module a clock that runs faster, from when it is loaded: what is due after
 * an hour is due after a part of it, and the pace of requests is as much faster.
 */
export function fastClock({ begin, speed }: { begin: number; speed: number }) {
  const loadedAt = Date.now();
  return createDataCenterFactory(dataCenterServiceRef, {
    now: () => begin + (Date.now() - loadedAt) * speed,
    sleep: async (ms, signal) => {
      await sleep(ms / speed, undefined, { signal });
    },
  });
}

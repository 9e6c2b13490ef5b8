import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until something holds.
 *
 * @returns whether it did within the time
 */
export async function until(
  holds: () => Promise<boolean>,
  options: { limitMs: number; everyMs: number },
): Promise<boolean> {
  const deadline = performance.now() + options.limitMs;
  while (!(await holds())) {
    if (performance.now() > deadline) {
      return false;
    }
    await sleep(options.everyMs);
  }
  return true;
}

/** Seconds that have passed since `performance.now()` was this. */
export const secondsSince = (start: number) =>
  (performance.now() - start) / 1000;

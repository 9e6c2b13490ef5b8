import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something holds, and fails after a minute, or more, by saying what did not. */
export async function until(
  holds: () => Promise<boolean>,
  what: string | (() => Promise<string>),
  seconds = 60,
): Promise<void> {
  const deadline = Date.now() + seconds * 1_000;
  while (!(await holds())) {
    if (Date.now() > deadline) {
      const text = typeof what === 'string' ? what : await what();
      throw new Error(`Waited ${seconds} seconds without success for ${text}`);
    }
    await sleep(50);
  }
}

import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something holds, and fails after 40 seconds by saying what did not. */
export async function until(
  holds: () => Promise<boolean>,
  what: string | (() => Promise<string>),
): Promise<void> {
  const deadline = Date.now() + 40_000;
  while (!(await holds())) {
    if (Date.now() > deadline) {
      const text = typeof what === 'string' ? what : await what();
      throw new Error(`Waited 40 seconds in vain for ${text}`);
    }
    await sleep(150);
  }
}

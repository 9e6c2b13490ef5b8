import { setTimeout as sleep } from 'node:timers/promises';
import { BackendProcess } from '../backend';

export type Memory = {
  /** The most that was ever resident. */
  peakBytes: number;
  /** What is left on the heap, and in buffers, after everything unused was given up. */
  heldBytes: number;
};

/** For what follows the last component. */
const AFTERWARDS_MS = 5_000;

/** The memory of a backend some seconds after its catalog was filled. */
export async function memory(backend: BackendProcess): Promise<Memory> {
  await sleep(AFTERWARDS_MS);
  const { peakBytes } = await backend.usage();
  return { peakBytes, heldBytes: await backend.heldBytes() };
}

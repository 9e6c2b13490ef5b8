import { setTimeout as sleep } from 'node:timers/promises';
import { BackendProcess } from '../backend';
import { Bitbucket } from '../bitbucket';
import { Catalog } from '../catalog';
import { secondsSince, until } from '../wait';

export type Restart = {
  complete: boolean;
  requests: number;
  /** From the start of the loaded backend. */
  seconds: number;
  cpuSeconds: number;
};

const LIMIT_MS = 300_000;
/** For the requests of what was taken up last. */
const PAUSE_MS = 1_000;

/**
 * Waits until a walk has run and the catalog has re-read everything.
 *
 * @param backend - just started, on a database where everything is due
 * @param mark - {@link Bitbucket.requests} before that
 * @param due - what {@link Catalog.makeDue} said
 */
export async function restart(
  backend: BackendProcess,
  bitbucket: Bitbucket,
  catalog: Catalog,
  { mark, due }: { mark: number; due: string },
): Promise<Restart> {
  const complete = await until(
    async () =>
      !(await catalog.walkIsDueSince(due)) &&
      (await catalog.dueSince(due)) === 0,
    { limitMs: LIMIT_MS, everyMs: 100 },
  );
  const seconds = secondsSince(backend.loadedAt);
  const { cpuSeconds } = await backend.usage();
  await sleep(PAUSE_MS);
  return {
    complete,
    seconds,
    cpuSeconds,
    requests: bitbucket.since(mark).length,
  };
}

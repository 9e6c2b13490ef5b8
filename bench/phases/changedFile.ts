import { setTimeout as sleep } from 'node:timers/promises';
import { BackendProcess } from '../backend';
import { Bitbucket, countPurposes } from '../bitbucket';
import { Catalog } from '../catalog';
import { secondsSince, until } from '../wait';

export type ChangedFile = {
  /** Changes that were seen in the catalog. */
  seen: number;
  /** Changes that were made, one after the other. */
  made: number;
  /** For one change, on average of those that were seen. */
  requests: number;
  /** Of those that were seen. */
  medianMs: number;
  slowestMs: number;
};

const CHANGES = 3;
const CHANGE_LIMIT_MS = 30_000;
/** No further change is begun after that. */
const LIMIT_SECONDS = 25;
/** Between changes, for what the last one still causes. */
const PAUSE_MS = 1_500;

type Trial = { ms: number; requests: number };

/**
 * Changes catalog files, one after the other, and waits until the catalog shows
 * each.
 *
 * @param options - with `walks`, a walk is triggered that notices the change,
 * and the time runs from its first request; without, from the push
 */
export async function changedFile(
  backend: BackendProcess,
  bitbucket: Bitbucket,
  catalog: Catalog,
  options: { walks: boolean },
): Promise<ChangedFile> {
  const begun = performance.now();
  const trials: (Trial | undefined)[] = [];
  while (trials.length < CHANGES && secondsSince(begun) < LIMIT_SECONDS) {
    trials.push(
      await change(trials.length, backend, bitbucket, catalog, options),
    );
    await sleep(PAUSE_MS);
  }
  const seen = trials.filter(trial => trial !== undefined);
  const times = seen.map(({ ms }) => ms).sort((a, b) => a - b);
  return {
    made: trials.length,
    seen: seen.length,
    requests:
      seen.reduce((sum, { requests }) => sum + requests, 0) / seen.length,
    medianMs: times[Math.floor((times.length - 1) / 2)],
    slowestMs: times[times.length - 1],
  };
}

/** @returns undefined when the change was not seen in time */
async function change(
  index: number,
  backend: BackendProcess,
  bitbucket: Bitbucket,
  catalog: Catalog,
  options: { walks: boolean },
): Promise<Trial | undefined> {
  const { components } = bitbucket;
  // Spread over the workspace.
  const slug =
    components[Math.floor((index + 0.5) * (components.length / CHANGES))];
  const text = `changed for the bench ${index + 1}`;
  const mark = bitbucket.requests;
  const pushedAt = Date.now();
  bitbucket.describeComponent(slug, text);
  if (options.walks) {
    await backend.triggerWalk();
  }
  const seen = await until(
    () => catalog.shows(`component:default/${slug}`, text),
    { limitMs: CHANGE_LIMIT_MS, everyMs: 10 },
  );
  const now = Date.now();
  const requests = bitbucket.since(mark);
  const startedAt = options.walks ? walkStart(requests) : pushedAt;
  return seen && startedAt !== undefined
    ? { ms: now - startedAt, requests: requests.length }
    : undefined;
}

function walkStart(
  requests: ReturnType<Bitbucket['since']>,
): number | undefined {
  return requests.find(request => {
    const { listing, updates } = countPurposes([request]);
    return listing + updates > 0;
  })?.at;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { BackendProcess } from '../backend';
import { Bitbucket, countPurposes } from '../bitbucket';
import { Catalog } from '../catalog';
import { secondsSince, until } from '../wait';
import { spread, summarizeTrials, Trial, Trials } from './trials';

const CHANGES = 20;
const CHANGE_LIMIT_MS = 30_000;
/** No further change is begun after that. */
const LIMIT_SECONDS = 60;
/** For what a start still causes. */
const SETTLE_MS = 3_000;
/** Between changes, for what the last one still causes. */
const PAUSE_MS = 1_000;
/** More of it from change to change, since the catalog looks for work once a second. */
const VARIATION_MS = 1_000;
/** The catalog has so few entities to process that a change need not wait. */
const FEW_DUE = 10;
const DUE_LIMIT_MS = 180_000;

/**
 * Changes catalog files, one after the other, and waits until the catalog shows
 * each. With `walks`, not before the catalog has worked off what is due.
 *
 * @param options - with `walks`, a walk is triggered that notices the change,
 * and the time runs from its first request; without, from the push
 */
export async function changedFile(
  backend: BackendProcess,
  bitbucket: Bitbucket,
  catalog: Catalog,
  options: { walks: boolean },
): Promise<Trials> {
  if (options.walks) {
    await sleep(SETTLE_MS);
    await until(async () => (await catalog.due()) < FEW_DUE, {
      limitMs: DUE_LIMIT_MS,
      everyMs: 500,
    });
  }
  const begun = performance.now();
  const trials: (Trial | undefined)[] = [];
  while (trials.length < CHANGES && secondsSince(begun) < LIMIT_SECONDS) {
    trials.push(
      await change(trials.length, backend, bitbucket, catalog, options),
    );
    await sleep(PAUSE_MS + VARIATION_MS * (trials.length / CHANGES));
  }
  return summarizeTrials(trials);
}

/** @returns undefined when the change was not seen in time */
async function change(
  index: number,
  backend: BackendProcess,
  bitbucket: Bitbucket,
  catalog: Catalog,
  options: { walks: boolean },
): Promise<Trial | undefined> {
  const slug = spread(bitbucket.components, index, CHANGES);
  const mark = bitbucket.requests;
  const pushedAt = Date.now();
  const text = `changed for the bench at ${pushedAt}`;
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

import { setTimeout as sleep } from 'node:timers/promises';
import { Bitbucket, countPurposes } from '../bitbucket';
import { Catalog } from '../catalog';
import { until } from '../wait';
import { spread, summarizeTrials, Trial, Trials } from './trials';

const PUSHES = 20;
const PUSH_LIMIT_MS = 30_000;
/** For what a start or a fill still causes. */
const SETTLE_MS = 3_000;
/** Between pushes, for what the last one still causes. */
const PAUSE_MS = 500;
/** More of it from push to push, since the catalog looks for work once a second. */
const VARIATION_MS = 1_000;

/**
 * Pushes changed catalog files, one after the other, and waits until the catalog
 * shows each. The time runs from the push.
 *
 * @param bitbucket - delivers pushes to the backend of the catalog
 */
export async function pushes(
  bitbucket: Bitbucket,
  catalog: Pick<Catalog, 'shows'>,
): Promise<Trials> {
  await sleep(SETTLE_MS);
  const trials: (Trial | undefined)[] = [];
  while (trials.length < PUSHES) {
    trials.push(await push(trials.length, bitbucket, catalog));
  }
  return summarizeTrials(trials);
}

/** @returns undefined when the change was not seen in time */
async function push(
  index: number,
  bitbucket: Bitbucket,
  catalog: Pick<Catalog, 'shows'>,
): Promise<Trial | undefined> {
  const slug = spread(bitbucket.components, index, PUSHES);
  const text = `pushed for the bench ${index + 1}.`;
  const mark = bitbucket.requests;
  const pushedAt = performance.now();
  bitbucket.describeComponent(slug, text);
  const seen = await until(
    () => catalog.shows(`component:default/${slug}`, text),
    { limitMs: PUSH_LIMIT_MS, everyMs: 10 },
  );
  const ms = performance.now() - pushedAt;
  await sleep(PAUSE_MS + VARIATION_MS * (index / PUSHES));
  // Walks go on by themselves meanwhile.
  const { head, repository, file } = countPurposes(bitbucket.since(mark));
  return seen ? { ms, requests: head + repository + file } : undefined;
}

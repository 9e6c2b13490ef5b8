import { CatalogState } from './catalogView';
import { Screen } from './screen';
import { Product } from './source';

/** How a catalog was filled. */
export type Filled = CatalogState & {
  /** From the first look to the last change. */
  seconds: number;
};

const POLL_MS = 500;

/**
 * The catalog polls for work and stitches once a second each, so that a pause of
 * this length after a walk means that it has read everything.
 */
const SETTLED_AFTER_MS = 4_000;

/**
 * Shows how the catalog fills, until a walk has ended and the number of
 * entities has stood still for a while, or until the walk has failed.
 */
export async function watchCatalogFill(options: {
  /** What is walked. */
  place: Product['place'];
  look(): Promise<CatalogState>;
  screen: Screen;
  sleep(ms: number): Promise<void>;
  now(): number;
}): Promise<Filled> {
  const { place, look, screen, sleep, now } = options;
  const startedAt = now();
  let changedAt = startedAt;
  let shown = '';
  const end = (state: CatalogState): Filled => {
    screen.clearStatus();
    return { ...state, seconds: (changedAt - startedAt) / 1000 };
  };
  for (;;) {
    const state = await look();
    if (state.walkError) {
      return end(state);
    }
    const progress = describe(state, place);
    if (progress !== shown) {
      shown = progress;
      changedAt = now();
      screen.status(progress);
    }
    if (state.walked && now() - changedAt >= SETTLED_AFTER_MS) {
      return end(state);
    }
    await sleep(POLL_MS);
  }
}

function describe(
  { counts, walked }: CatalogState,
  place: Product['place'],
): string {
  const total = sum(counts);
  return total === 0 && !walked
    ? `Walking the ${place} …`
    : `Filling the catalog … ${total} entities`;
}

function sum(counts: Map<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

import { CatalogTables } from '../catalog-tables/CatalogTables';
import { EntityState, readEntityStates } from '../catalog-tables/processing';
import { CheckResult } from './checkResult';
import { PullRequestStore, StoredMerge } from './PullRequestStore';
import { IngestedEntity } from './records';
import { RunningRuns } from './RunTools';
import { RunHistory } from './RunHistory';
import { RunStore } from './RunStore';
import { RunEvent } from './StoredRun';

/** While the page of a merge may be open. */
const FOLLOW_EVERY_MS = 5_000;
const FOLLOW_FOR_MS = 10 * 60_000;

/** After so long, the catalog will not do what has not happened by then. */
const PATIENCE_MS = 24 * 60 * 60_000;

/** Hashes of what the catalog has now of the entities that a merge changes. */
export async function readBefore(
  tables: CatalogTables,
  { plan }: CheckResult,
): Promise<Record<string, string>> {
  const refs = plan.map(({ entityRef }) => entityRef);
  const states = await readEntityStates(tables, refs);
  return Object.fromEntries(
    [...states].map(([entityRef, { hash }]) => [entityRef, hash]),
  );
}

/**
 * What is to be seen in the catalog after a merge.
 *
 * @param before - hashes of what the catalog had when the pull request was checked
 */
function toMerge(
  result: CheckResult,
  before: Record<string, string>,
  at: number,
): StoredMerge {
  // The catalog does not show when it has read what a placeholder names.
  const seen = result.plan.filter(one => !one.viaPlaceholder);
  const entities = seen.map(({ entityRef, action }): IngestedEntity => ({
    entityRef,
    action,
    state: 'pending',
  }));
  return { at, entities, before };
}

/**
 * Compares a merge with what the catalog has by now.
 *
 * @param states - by entity reference
 * @returns the same object where nothing has happened since
 */
function followMerge(
  merge: StoredMerge,
  states: ReadonlyMap<string, EntityState>,
  now: number,
): StoredMerge {
  const isOver = now - merge.at > PATIENCE_MS;
  const entities = merge.entities.map(entity =>
    entity.state === 'pending'
      ? follow(entity, states.get(entity.entityRef), merge, { now, isOver })
      : entity,
  );
  const isSame = entities.every((one, index) => one === merge.entities[index]);
  return isSame ? merge : { ...merge, entities };
}

function follow(
  entity: IngestedEntity,
  state: EntityState | undefined,
  { before }: StoredMerge,
  { now, isOver }: { now: number; isOver: boolean },
): IngestedEntity {
  const { entityRef, action } = entity;
  const isDone =
    action === 'remove'
      ? state === undefined
      : state !== undefined && state.hash !== before[entityRef];
  if (isDone) {
    return state?.error === undefined
      ? { ...entity, state: 'done', at: now }
      : {
          ...entity,
          state: 'failing',
          at: now,
          // Its message may name what the readers of the pull request may not know.
          message: 'The catalog reports an error; the entity shows it.',
        };
  }
  return isOver
    ? {
        ...entity,
        state: 'failing',
        at: now,
        message: 'The catalog has not done so within a day.',
      }
    : entity;
}

/** Ends the runs of pull requests that are closed, and follows what was merged. */
export class MergeFollower {
  readonly #options: {
    tables: CatalogTables;
    pullRequests: PullRequestStore;
    runs: RunStore;
    history: RunHistory;
    running: RunningRuns;
    now(): number;
  };
  #following?: NodeJS.Timeout;

  constructor(options: {
    tables: CatalogTables;
    pullRequests: PullRequestStore;
    runs: RunStore;
    history: RunHistory;
    running: RunningRuns;
    /** Milliseconds since the epoch. */
    now(): number;
  }) {
    this.#options = options;
  }

  /** Ends the runs of a pull request that was merged or declined. */
  async close({ uuid, pullRequest }: RunEvent): Promise<void> {
    const { history, now, pullRequests, running, runs } = this.#options;
    const { number, state } = pullRequest;
    const pageId = await pullRequests.pageOf({ uuid, number });
    const known =
      pageId === undefined ? undefined : await pullRequests.record(pageId);
    // Deliveries come twice, and what was noted of a merge is to stay.
    if (pageId === undefined || state === 'open' || known?.state === state) {
      return;
    }
    running.abort(await runs.endOthers(pageId, [], 'closed'));
    const last = state === 'merged' && (await history.lastWithResult(pageId));
    await pullRequests.close(
      pageId,
      state,
      last ? toMerge(last.record.result!, last.before, now()) : undefined,
    );
    this.#followForAWhile();
  }

  /** Someone who has just merged may open the page. */
  #followForAWhile(): void {
    clearInterval(this.#following);
    const until = this.#options.now() + FOLLOW_FOR_MS;
    this.#following = setInterval(async () => {
      // What fails now is done by the next round.
      await this.follow().catch(() => {});
      if (this.#options.now() > until) {
        clearInterval(this.#following);
      }
    }, FOLLOW_EVERY_MS);
    this.#following.unref();
  }

  /**
   * Notes what the catalog has ingested of the pull requests that were merged.
   *
   * @param pageId - of the only one that is wanted
   */
  async follow(pageId?: string): Promise<void> {
    const { tables, now, pullRequests } = this.#options;
    const pending = await pullRequests.pendingMerges(pageId);
    for (const [id, merge] of pending) {
      const refs = merge.entities.map(({ entityRef }) => entityRef);
      const states = await readEntityStates(tables, refs);
      const followed = followMerge(merge, states, now());
      if (followed !== merge) {
        await pullRequests.saveMerge(id, followed);
      }
    }
  }

  stop(): void {
    clearInterval(this.#following);
  }
}

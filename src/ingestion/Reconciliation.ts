import { EmittedLocation } from '../catalog-tables/EmittedLocation';
import { Differences } from '../catalog-tables/differences';
import { Repository } from '../scm/types';
import { Hold } from './HeldRemovals';
import { ProviderProgress } from './ProviderProgress';
import { applyPlans, WalkTotals } from './applyPlan';
import { removeConfirmed } from './applyRemovals';
import { confirmRemovals, RemovalTools } from './confirmRemovals';
import { filterRepositories, selectionOf } from './filters';
import { isTooLong } from './locations';
import { RepositoryPlan } from './plan';
import { planRepositories } from './planRepositories';
import { absenceIn, RemovalCandidate } from './removalPolicy';
import { Finding } from './repositoryFiles';
import { walkRepositories } from './walkRepositories';

/** What a walk or the handling of a delivery works with. */
export type ReconciliationTools = RemovalTools & {
  memory: ProviderProgress;
  /** A hash of what decides which files are found. */
  settings: string;
};

/** What is known before anything is looked into. */
export type Basis = {
  /** Whether everything is looked at, and not just what differs. */
  isWhole: boolean;
  /** What an earlier walk held, and whether someone has approved it. */
  hold: Hold | undefined;
  /** Start of the last full list. Milliseconds since the epoch. */
  listSince: number | undefined;
  /** Uuids of the repositories that were updated since the last walk. */
  updated: ReadonlySet<string>;
  /** Uuids of the repositories whose heads are to be requested again. Default: none. */
  dueHeads?: ReadonlySet<string>;
  /** Undefined where the catalog's tables could not be read: then nothing is removed. */
  differences: Differences | undefined;
};

/**
 * Updates the catalog from some repositories: searches them, applies what it finds as
 * it goes, and in the end removes what is proven to be gone. Walks and
 * deliveries differ in which repositories those are.
 */
export class Reconciliation {
  readonly #tools: ReconciliationTools;
  readonly #basis: Basis;
  readonly #totals: WalkTotals;
  readonly #candidates: RemovalCandidate[] = [];

  /** @param totals - to count in */
  constructor(tools: ReconciliationTools, basis: Basis, totals: WalkTotals) {
    this.#tools = tools;
    this.#basis = basis;
    this.#totals = totals;
  }

  /** One batch at a time, and nothing else in between, so that the latest state is applied last. */
  async search(repositories: Repository[]): Promise<void> {
    const { host, index, config, context, oneAtATime } = this.#tools;
    const walk = walkRepositories(repositories, {
      index: index.files,
      config,
      concurrency: host.concurrency,
      context,
      source: index.repositories,
      dueHeads: this.#basis.dueHeads,
    });
    let isDone = false;
    while (!isDone) {
      isDone = await oneAtATime(async () => {
        const { value: findings, done } = await walk.next();
        if (!done) {
          await this.#apply(findings);
        }
        return done === true;
      });
    }
  }

  /**
   * Adds what the catalog has of repositories that a list or a request lacks, or that
   * the filters leave out, to what may be removed.
   *
   * @param visible - repositories that were seen, although the filters leave them out
   */
  async addRepositories(
    locations: EmittedLocation[],
    by: 'list' | 'request',
    visible: Repository[],
  ): Promise<void> {
    const byUuid = new Map(visible.map(one => [one.uuid, one]));
    const inCatalog = locations.filter(({ isInCatalog }) => isInCatalog);
    await this.#tools.emitted.markMissing(
      inCatalog.filter(({ missingSince }) => missingSince === undefined),
      Date.now(),
    );
    this.#candidates.push(
      ...inCatalog.map(location => ({
        location,
        absence: { kind: 'repository' as const, by },
        repository: byUuid.get(location.uuid),
      })),
    );
  }

  /**
   * Removes what was not found and may be removed.
   *
   * @param options.isRecomputed - whether what is held is decided again, under other
   * settings
   * @param options.listed - how many repositories the filters include, where
   * everything was compared
   * @returns why the rest is held; undefined where nothing is
   */
  async remove({
    isRecomputed,
    listed,
  }: {
    isRecomputed: boolean;
    listed?: number;
  }): Promise<string | undefined> {
    const { index, config } = this.#tools;
    const { differences, isWhole, listSince, hold } = this.#basis;
    const selection = selectionOf(config);
    const candidates = this.#candidates.splice(0);
    if (!differences) {
      this.#totals.unconfirmed += candidates.length;
      return undefined;
    }
    const request = {
      candidates,
      selection,
      isWhole,
      isRecomputed,
      listed,
      listSince,
      hold,
    };
    const confirmed = await confirmRemovals(this.#tools, request);
    const again = await index.repositories.byUuid(selection, [
      ...confirmed.again,
    ]);
    const { found, unconfirmed } = this.#totals;
    await this.search(filterRepositories(again, config.filters));
    this.#totals.lookedInto -= again.length;
    const restored = this.#countRestored(confirmed.again, candidates);
    this.#candidates.length = 0;
    const outcome = await removeConfirmed(this.#tools, request, confirmed);
    this.#totals.removed += outcome.removed;
    this.#totals.found = found + restored;
    this.#totals.unconfirmed =
      unconfirmed + candidates.length - outcome.settled - restored;
    return outcome.held;
  }

  async #apply(findings: Finding[]): Promise<void> {
    const totals = this.#totals;
    const plans = await planRepositories(this.#tools, findings, {
      foreign: this.#basis.differences?.foreign ?? [],
      updated: this.#basis.updated,
    });
    const applied = await applyPlans(this.#tools, plans, Date.now());
    totals.lookedInto += findings.length;
    for (const plan of plans) {
      if (plan.finding.reason) {
        totals.skipped.push(plan.finding);
      }
      totals.found += plan.found.length;
      totals.unconfirmed += plan.unconfirmed.length;
      this.#addMissing(plan);
    }
    totals.added += applied.added.length + applied.moved;
    totals.removed += applied.moved;
    totals.changed += applied.changed;
    totals.tooLong.push(...applied.added.filter(isTooLong));
    totals.conflicts.push(...applied.conflicts);
  }

  #addMissing({ finding, missing }: RepositoryPlan): void {
    const { config } = this.#tools;
    this.#candidates.push(
      ...missing.map(location => ({
        location,
        repository: finding.repository,
        absence: absenceIn(finding, location, config),
      })),
    );
  }

  /** What was not found at first and is there after all, or at another place. */
  #countRestored(
    again: ReadonlySet<string>,
    before: RemovalCandidate[],
  ): number {
    const still = new Set(
      this.#candidates.map(({ location }) => location.entityRef),
    );
    return before.filter(
      ({ location }) =>
        again.has(location.uuid) && !still.has(location.entityRef),
    ).length;
  }
}

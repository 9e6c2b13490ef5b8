import { EmittedLocation } from '../catalog-tables/EmittedLocation';
import { Differences } from '../catalog-tables/differences';
import { Look } from '../changes/ChangeQueue';
import { ProviderConfig } from '../config/types';
import { BitbucketClient } from '../hosts/bitbucket-cloud/BitbucketClient';
import { FailingRepository } from '../mirror/FailingRepositories';
import { RepositorySelection } from '../mirror/RepositoryStore';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { IndexedRepository } from '../mirror/repositoryRows';
import { Repository, RequestContext } from '../scm/types';
import { HeldRemovals, Hold, RemovalAllowance } from './HeldRemovals';
import { Progress, ProviderProgress } from './ProviderProgress';
import { absenceIn } from './absence';
import { applyPlans, PlanTools, WalkTotals } from './applyPlan';
import { removeConfirmed } from './applyRemovals';
import { confirmRemovals } from './confirmRemovals';
import { filterRepositories, toRepositoryQuery } from './filters';
import { isTooLong } from './locations';
import { RepositoryPlan } from './plan';
import { planRepositories } from './planRepositories';
import { RemovalCandidate } from './removalPolicy';
import { NO_DIFFERENCES, repositoriesToRepair } from './repairs';
import { Finding } from './repositoryFiles';
import { walkRepositories } from './walkRepositories';

/** What a walk works with. */
export type ProviderWalkOptions = PlanTools & {
  client: BitbucketClient;
  index: WorkspaceIndex;
  config: ProviderConfig;
  memory: ProviderProgress;
  holds: HeldRemovals;
  allowance: RemovalAllowance;
  context: RequestContext;
  /** A hash of what decides which files are found. */
  settings: string;
  /** Leaves what someone has registered to that registration. */
  leaveRegistered(): Promise<void>;
  /** Applies one thing at a time, whichever walk or delivery it comes from. */
  oneAtATime<T>(work: () => Promise<T>): Promise<T>;
};

/**
 * One walk over a workspace. It asks what was updated since the last one, looks
 * into the repositories whose heads have moved, whose Locations differ from what the
 * catalog has or which failed and are due again, and applies what follows as it goes. When the full list of
 * repositories has been read, or the settings are new, it looks at everything; that
 * takes no request for what the index knows.
 */
export class ProviderWalk {
  /** Whether everything is looked at, and not just what differs. */
  isWhole = false;
  /** Whether anything was updated since the last walk. */
  hasUpdates = false;
  /** Repositories to look into. */
  repositories: Repository[] = [];
  /** Repositories that cannot be read, and that no walk has warned of yet. */
  newlyFailing: FailingRepository[] = [];
  readonly totals = new WalkTotals();
  /** Why something is held back. */
  held?: string;
  /** What an earlier walk held back, and whether someone has approved it. */
  hold?: Hold;
  readonly #options: ProviderWalkOptions;
  readonly #candidates: RemovalCandidate[] = [];
  /** Uuids of the repositories that were updated since the last walk. */
  #updated = new Set<string>();
  /** Undefined where the catalog's tables could not be read: then nothing is removed. */
  #differences: Differences | undefined = NO_DIFFERENCES;
  #listSince?: number;

  constructor(options: ProviderWalkOptions) {
    this.#options = options;
  }

  /**
   * @throws the first fault that is not about a single repository; what was found
   * until then is in the catalog, and the next walk goes on where this one stopped
   */
  async run(): Promise<void> {
    const { index, config, memory, holds, catalog } = this.#options;
    await this.#options.leaveRegistered();
    const before = await memory.progress();
    this.hold = await holds.read();
    const after = await this.#update();
    this.#listSince = after.completeSince;
    this.isWhole =
      this.hold?.approved !== undefined ||
      before?.settings !== after.settings ||
      before.completeSince !== after.completeSince;
    const corrected = await index.recheck(this.#scope, this.#options.context);
    this.#differences = await catalog.differences();
    const changed = await index.repositories.known(
      this.#scope,
      this.isWhole ? undefined : before?.version,
    );
    this.#updated = new Set(
      changed
        .filter(({ version }) => version > (before?.version ?? -1))
        .map(({ uuid }) => uuid),
    );
    this.hasUpdates = changed.length > 0;
    const differing = this.isWhole
      ? []
      : await this.#known(
          [...this.#toRepair(), ...corrected, ...(await index.failing.due())],
          changed,
        );
    const candidates = [...changed, ...differing];
    // What was updated since is there, whatever another replica's clock says.
    const listedSince = this.isWhole ? (after.completeSince ?? 0) : 0;
    this.repositories = filterRepositories(
      candidates.filter(({ seenAt }) => seenAt >= listedSince),
      config.filters,
    );
    await this.#lookInto(this.repositories);
    this.newlyFailing = await index.failing.announce(
      this.totals.skipped
        .filter(({ reason }) => reason === 'failing')
        .map(({ repository }) => repository.uuid),
    );
    await this.#addUnlisted(candidates, after);
    await this.#remove({
      isRecomputed: before?.settings !== after.settings,
    });
    await memory.saveProgress({
      ...after,
      // What could not be looked into is looked at again by the next walk.
      version:
        before && !this.isWhole && !this.#isConclusive
          ? before.version
          : after.version,
    });
  }

  /**
   * Looks at a single repository, since something is said to have happened to it.
   * Costs what looking into it does.
   *
   * @param ask - gives it as it is now
   */
  async look(uuid: string, ask: Look['ask']): Promise<void> {
    const now = await ask(this.#scope);
    await this.#lookAt(now ? [now] : [], now ? [] : [uuid]);
  }

  /**
   * Looks at the repositories of a project, since it is said to have another key.
   * One request per 100 of them, and what looking into them costs.
   */
  async lookAtProject(projectKey: string): Promise<void> {
    const { index, context } = this.#options;
    const now = await index.repositories.askProject(
      this.#scope,
      projectKey,
      context,
    );
    await this.#lookAt(now, []);
  }

  /** @param gone - uuids of repositories that were asked for and not found */
  async #lookAt(now: Repository[], gone: string[]): Promise<void> {
    const { config, holds, memory, catalog } = this.#options;
    this.hold = await holds.read();
    this.#listSince = (await memory.progress())?.completeSince;
    this.repositories = filterRepositories(now, config.filters);
    this.#updated = new Set(now.map(({ uuid }) => uuid));
    await this.#lookInto(this.repositories);
    const included = new Set(this.repositories);
    const excluded = now.filter(one => !included.has(one));
    const uuids = [...gone, ...excluded.map(({ uuid }) => uuid)];
    await this.#addRepositories(
      [...(await catalog.ofRepositories(uuids)).values()].flat(),
      'request',
      excluded,
    );
    await this.#remove({ isRecomputed: false });
  }

  /** One batch at a time, and nothing else in between, so that what was seen last is applied last. */
  async #lookInto(repositories: Repository[]): Promise<void> {
    const { client, index, config, context, oneAtATime } = this.#options;
    const walk = walkRepositories(
      index.files,
      repositories,
      config,
      client.concurrency,
      context,
      {
        reload: batch =>
          index.repositories.byUuid(
            this.#scope,
            batch.map(({ uuid }) => uuid),
          ),
        refetch: ({ uuid }) =>
          index.repositories.ask(this.#scope, uuid, context),
      },
    );
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

  async #apply(findings: Finding[]): Promise<void> {
    const { totals } = this;
    const plans = await planRepositories(this.#options, findings, {
      foreign: this.#differences?.foreign ?? [],
      updated: this.#updated,
    });
    const applied = await applyPlans(this.#options, plans, Date.now());
    totals.lookedInto += findings.length;
    for (const plan of plans) {
      if (plan.finding.reason) {
        totals.skipped.push(plan.finding);
      }
      totals.found += plan.found.length;
      totals.kept += plan.unseen.length;
      this.#addMissing(plan);
    }
    totals.added += applied.added.length + applied.moved;
    totals.removed += applied.moved;
    totals.changed += applied.changed;
    totals.tooLong.push(...applied.added.filter(isTooLong));
    totals.conflicts.push(...applied.conflicts);
  }

  #addMissing({ finding, missing }: RepositoryPlan): void {
    const { config } = this.#options;
    this.#candidates.push(
      ...missing.map(location => ({
        location,
        repository: finding.repository,
        absence: absenceIn(finding, location, config),
      })),
    );
  }

  /** What the catalog has of repositories that the list lacks, or that the filters leave out. */
  async #addUnlisted(
    candidates: IndexedRepository[],
    { completeSince }: Progress,
  ): Promise<void> {
    const { catalog, emitted } = this.#options;
    if (!this.#differences) {
      return;
    }
    const listed = new Set(this.repositories.map(({ uuid }) => uuid));
    const { absent, foreign } = this.#differences;
    if (!this.isWhole) {
      const left = candidates
        .map(({ uuid }) => uuid)
        .filter(uuid => !listed.has(uuid));
      const locations = await catalog.ofRepositories(left);
      await this.#addRepositories(
        [...locations.values()].flat(),
        'list',
        candidates,
      );
      return;
    }
    if (completeSince !== undefined) {
      await this.#addRepositories(
        [...(await catalog.all()), ...foreign].filter(
          ({ uuid }) => !listed.has(uuid),
        ),
        'list',
        candidates.filter(({ seenAt }) => seenAt >= completeSince),
      );
      await emitted.remove(
        absent
          .filter(({ uuid }) => !listed.has(uuid))
          .map(({ entityRef }) => entityRef),
      );
    }
  }

  /** @param visible - repositories that were seen, although the filters leave them out */
  async #addRepositories(
    locations: EmittedLocation[],
    by: 'list' | 'request',
    visible: Repository[],
  ): Promise<void> {
    const byUuid = new Map(visible.map(one => [one.uuid, one]));
    const inCatalog = locations.filter(({ isInCatalog }) => isInCatalog);
    await this.#options.emitted.markMissing(
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

  /** @param isRecomputed - whether what is held is decided again, under other settings */
  async #remove({ isRecomputed }: { isRecomputed: boolean }): Promise<void> {
    const { index, config } = this.#options;
    const candidates = this.#candidates.splice(0);
    if (!this.#differences) {
      this.totals.kept += candidates.length;
      return;
    }
    const request = {
      candidates,
      scope: this.#scope,
      isWhole: this.isWhole,
      isRecomputed,
      listed: this.isWhole ? this.repositories.length : undefined,
      listSince: this.#listSince,
      hold: this.hold,
    };
    const confirmed = await confirmRemovals(this.#options, request);
    const again = await index.repositories.byUuid(this.#scope, [
      ...confirmed.again,
    ]);
    const { found, kept } = this.totals;
    await this.#lookInto(filterRepositories(again, config.filters));
    this.totals.lookedInto -= again.length;
    const restored = this.#countRestored(confirmed.again, candidates);
    this.#candidates.length = 0;
    const outcome = await removeConfirmed(this.#options, request, confirmed);
    this.totals.removed += outcome.removed;
    this.held = outcome.held;
    this.totals.found = found + restored;
    this.totals.kept = kept + candidates.length - outcome.settled - restored;
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

  #toRepair(): string[] {
    const differences = this.#differences ?? NO_DIFFERENCES;
    const { uuids, conflicts } = repositoriesToRepair(differences, {
      held: new Set(this.hold?.targets),
      peers: new Set(this.#options.peers.map(({ provider }) => provider)),
      now: Date.now(),
    });
    this.totals.conflicts.push(...conflicts);
    return uuids;
  }

  /** Those of some repositories that are known and not among others. */
  async #known(uuids: string[], others: Repository[]) {
    const known = new Set(others.map(({ uuid }) => uuid));
    const { repositories } = this.#options.index;
    return repositories.byUuid(
      this.#scope,
      [...new Set(uuids)].filter(uuid => uuid !== '' && !known.has(uuid)),
    );
  }

  get #isConclusive(): boolean {
    return (
      this.#differences !== undefined &&
      // What fails is remembered, and tried again when it is due.
      !this.totals.skipped.some(({ reason }) => reason === 'vanished')
    );
  }

  get #scope(): RepositorySelection {
    const { workspace, filters } = this.#options.config;
    return { workspace, query: filters.query };
  }

  /** Brings the index of repositories up to date. */
  async #update(): Promise<Progress> {
    const { index, config, settings, context } = this.#options;
    await index.repositories.refresh(this.#scope, context);
    const { completeSince } = await index.repositories.list(
      {
        scope: this.#scope,
        q: toRepositoryQuery(config.filters),
        pagelen: config.pagelen,
        intervalMs: config.fullWalkMs,
      },
      context,
    );
    const version = await index.repositories.version(this.#scope);
    return { settings, version, completeSince };
  }
}

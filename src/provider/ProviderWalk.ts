import { Repository } from '../bitbucket';
import {
  filterRepositories,
  toRepositoryQuery,
  walkRepositories,
} from '../discovery';
import { Look } from '../events';
import { Scope } from '../workspace';
import { INCONCLUSIVE } from './comparison';
import { Handover } from './Handover';
import { Hold } from './HeldRemovals';
import { Progress } from './ProviderMemory';
import { RemovalTools, removeLost } from './removeLost';

/** What a walk works with. */
export type ProviderWalkOptions = RemovalTools & {
  /** A hash of what decides which files are found. */
  settings: string;
  /** Lets nobody else hand over what they found meanwhile. */
  oneAtATime<T>(work: () => Promise<T>): Promise<T>;
};

/**
 * One walk over a workspace. It asks what was updated since the last one, looks
 * into the repositories whose heads have moved, and hands over what it finds as
 * it goes. When the full list of repositories has been read, or the settings
 * are new, it compares everything with what the catalog has; that takes no
 * request for what the index knows.
 */
export class ProviderWalk {
  /** Whether everything is compared, and not just what was updated. */
  isWhole = false;
  /** Repositories to look into. */
  repositories: Repository[] = [];
  /** What has come of it until now. */
  readonly news: Handover;
  /** Why nothing may be removed. */
  held?: string;
  /** What an earlier walk held back, and whether someone has approved it. */
  hold?: Hold;
  readonly #options: ProviderWalkOptions;
  /** Uuids of the repositories that were updated since the last walk. */
  #updated = new Set<string>();

  constructor(options: ProviderWalkOptions) {
    this.#options = options;
    this.news = new Handover(options);
  }

  /**
   * @throws the first fault; what was found until then is in the catalog, and
   * the next walk goes on where this one stood
   */
  async run(): Promise<void> {
    const { index, config, memory, holds, catalog } = this.#options;
    await catalog.leaveRegistered();
    const before = await memory.progress();
    this.hold = await holds.read();
    const after = await this.#update();
    this.isWhole =
      this.hold?.approved !== undefined ||
      before?.settings !== after.settings ||
      before.completeSince !== after.completeSince;
    const candidates = await index.repositories.known(
      this.#scope,
      this.isWhole ? undefined : before?.version,
    );
    // What was updated since is there, whatever another replica's clock says.
    const listedSince = this.isWhole ? (after.completeSince ?? 0) : 0;
    this.repositories = filterRepositories(
      candidates.filter(({ seenAt }) => seenAt >= listedSince),
      config.filters,
    );
    this.#updated = new Set(
      candidates
        .filter(({ version }) => version > (before?.version ?? -1))
        .map(({ uuid }) => uuid),
    );
    await this.#lookInto();
    await this.#remove(candidates, after.completeSince);
    await memory.saveProgress({
      ...after,
      // What could not be looked into is looked at again by the next walk.
      version:
        before && !this.isWhole && !this.#isConclusive
          ? before.version
          : after.version,
    });
    if (this.isWhole) {
      await index.prune();
    }
  }

  /**
   * Looks at a single repository, since something is said to have happened to it.
   * Costs what looking into it does.
   *
   * @param ask - gives it as it is now
   */
  async look(uuid: string, ask: Look['ask']): Promise<void> {
    const { index } = this.#options;
    const [before] = await index.repositories.byUuid(this.#scope, [uuid]);
    const now = await ask(this.#scope);
    await this.#lookAt(now ? [now] : [], before ? [before] : []);
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

  /** @param before - what may not be there any more */
  async #lookAt(now: Repository[], before: Repository[]): Promise<void> {
    const { config, holds } = this.#options;
    this.hold = await holds.read();
    this.repositories = filterRepositories(now, config.filters);
    this.#updated = new Set(now.map(({ uuid }) => uuid));
    await this.#lookInto();
    await this.#remove(now.length > 0 ? now : before, undefined);
  }

  /** One batch at a time, and nobody else in between, so that what was seen last is told last. */
  async #lookInto(): Promise<void> {
    const { client, index, config, context, oneAtATime } = this.#options;
    const walk = walkRepositories(
      index.files,
      this.repositories,
      config,
      client.concurrency,
      context,
      batch =>
        index.repositories.byUuid(
          this.#scope,
          batch.map(({ uuid }) => uuid),
        ),
    );
    let isDone = false;
    while (!isDone) {
      isDone = await oneAtATime(async () => {
        const { value: findings, done } = await walk.next();
        if (!done) {
          await this.news.tell(findings, {
            isWhole: this.isWhole,
            updated: this.#updated,
          });
        }
        return done === true;
      });
    }
  }

  get #isConclusive(): boolean {
    return !this.news.skipped.some(({ reason }) =>
      INCONCLUSIVE.includes(reason),
    );
  }

  get #scope(): Scope {
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

  async #remove(
    candidates: Repository[],
    completeSince: number | undefined,
  ): Promise<void> {
    const included = new Set(this.repositories);
    const { removed, kept, held } = await removeLost(this.#options, {
      scope: this.#scope,
      isWhole: this.isWhole,
      repositories: this.repositories,
      left: candidates.filter(one => !included.has(one)),
      completeSince,
      gone: this.news.gone,
      hold: this.hold,
    });
    this.news.removed += removed;
    this.news.kept += kept;
    this.held = held;
    if (!held) {
      await this.news.settle();
    }
  }
}

import { EntityProviderConnection } from '@backstage/plugin-catalog-node';
import { BitbucketClient, RequestContext } from '../bitbucket';
import { ProviderConfig } from '../config';
import {
  filterRepositories,
  Finding,
  Skipped,
  toRepositoryQuery,
  walkRepositories,
} from '../discovery';
import { IndexedRepository, Scope, WorkspaceIndex } from '../workspace';
import { Lost, reasonToHold } from './brake';
import { compare, INCONCLUSIVE } from './comparison';
import { Current, KnownCatalog } from './KnownCatalog';
import { LocatedFile } from './locations';
import { mutate } from './mutations';
import { Progress, ProviderMemory } from './ProviderMemory';
import { decideRemovals } from './removals';
import { isTold, toldFiles, touchedTargets } from './told';

/** What a walk works with. */
export type ProviderWalkOptions = {
  connection: EntityProviderConnection;
  client: BitbucketClient;
  index: WorkspaceIndex;
  config: ProviderConfig;
  /** A hash of what decides which files are found. */
  settings: string;
  /** The entity provider's name. */
  provider: string;
  memory: ProviderMemory;
  catalog: KnownCatalog;
  context: RequestContext;
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
  repositories: IndexedRepository[] = [];
  readonly skipped: Skipped[] = [];
  /** Counts what was looked into, skipped repositories included. */
  lookedInto = 0;
  /** Counts catalog files. */
  found = 0;
  added = 0;
  /** Files whose content has changed. */
  changed = 0;
  removed = 0;
  /** What the catalog has and the walk did not find, without proof that it is gone. */
  kept = 0;
  /** Why nothing may be removed. */
  held?: string;
  readonly #options: ProviderWalkOptions;
  readonly #gone: LocatedFile[] = [];
  /** Uuids of the repositories that were updated since the last walk. */
  #updated = new Set<string>();

  constructor(options: ProviderWalkOptions) {
    this.#options = options;
  }

  /**
   * @throws the first fault; what was found until then is in the catalog, and
   * the next walk goes on where this one stood
   */
  async run(): Promise<void> {
    const { client, index, config, memory, context } = this.#options;
    const before = await memory.progress();
    const after = await this.#update();
    this.isWhole =
      before?.settings !== after.settings ||
      before.completeSince !== after.completeSince;
    const candidates = await index.repositories.known(
      this.#scope,
      this.isWhole ? undefined : before?.version,
    );
    const { completeSince = 0 } = after;
    this.repositories = filterRepositories(
      candidates.filter(({ seenAt }) => seenAt >= completeSince),
      config.filters,
    );
    this.#updated = new Set(
      this.repositories
        .filter(({ version }) => version > (before?.version ?? -1))
        .map(({ uuid }) => uuid),
    );
    const walk = walkRepositories(
      index.files,
      this.repositories,
      config,
      client.concurrency,
      context,
    );
    for await (const findings of walk) {
      await this.#handOver(findings);
    }
    await this.#remove(candidates, after);
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

  get #isConclusive(): boolean {
    return !this.skipped.some(({ reason }) => INCONCLUSIVE.includes(reason));
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

  async #handOver(findings: Finding[]): Promise<void> {
    const { connection, provider, memory, catalog } = this.#options;
    this.lookedInto += findings.length;
    for (const finding of findings) {
      if (finding.reason) {
        this.skipped.push(finding);
      } else {
        this.found += finding.files.length;
      }
    }
    const told = await memory.told(
      findings.map(({ repository }) => repository.uuid),
    );
    const touched = touchedTargets(findings, told, this.#updated);
    if (touched.targets.length > 0) {
      this.changed += touched.targets.length;
      await connection.refresh({
        keys: touched.targets.map(target => `url:${target}`),
      });
    }
    await memory.saveTold(touched.told);
    const differing = findings.filter(
      finding => this.isWhole || !isTold(finding, told),
    );
    if (differing.length > 0) {
      const current = await catalog.read();
      const comparison = compare(current?.byUuid ?? new Map(), differing);
      await mutate(connection, provider, comparison.added, comparison.moved);
      this.#gone.push(...comparison.gone);
      this.added += comparison.added.length;
      this.removed += comparison.moved.length;
      this.kept += comparison.unseen.length;
      await memory.saveTold(toldFiles(comparison.found, told));
    }
  }

  async #remove(
    candidates: IndexedRepository[],
    { completeSince }: Progress,
  ): Promise<void> {
    const { client, index, config, context } = this.#options;
    const { connection, provider, catalog, memory } = this.#options;
    const included = new Set(this.repositories);
    const left = candidates.filter(one => !included.has(one));
    const isConcerned =
      this.isWhole || this.#gone.length > 0 || (await this.#wasTold(left));
    const current = isConcerned ? await catalog.read() : undefined;
    if (!current) {
      return;
    }
    const lost = {
      gone: this.#gone,
      unlisted: this.#findUnlisted(current, left, completeSince),
    };
    this.held = reasonToHold({
      lost,
      listed: this.isWhole ? this.repositories.length : candidates.length,
      current: current.files.length,
      known: current.known,
      maxPercentage: config.removals.maxPercentage,
    });
    const removed = this.held
      ? []
      : await decideRemovals(lost, {
          client,
          index: index.repositories,
          scope: this.#scope,
          config,
          known: current.known,
          context,
        });
    await mutate(connection, provider, [], removed);
    this.removed += removed.length;
    this.kept += lost.gone.length + lost.unlisted.length - removed.length;
    await memory.saveTold(withoutFiles(lost, removed, current));
  }

  async #wasTold(repositories: IndexedRepository[]): Promise<boolean> {
    const told = await this.#options.memory.told(
      repositories.map(({ uuid }) => uuid),
    );
    return [...told.values()].some(files => files.length > 0);
  }

  /** What the catalog has of repositories that are not to be found in the list, or are left out by the filters. */
  #findUnlisted(
    current: Current,
    left: IndexedRepository[],
    completeSince: number | undefined,
  ): LocatedFile[] {
    if (this.isWhole) {
      const listed = new Set(this.repositories.map(({ uuid }) => uuid));
      return completeSince === undefined
        ? []
        : current.files.filter(file => {
            const uuid = current.known.get(file.fullName)?.uuid;
            return uuid === undefined || !listed.has(uuid);
          });
    }
    return left.flatMap(({ uuid }) => current.byUuid.get(uuid) ?? []);
  }
}

/** Of the repositories that files were removed of as a whole. */
function withoutFiles(
  { unlisted }: Lost,
  removed: LocatedFile[],
  { known }: Current,
) {
  const uuids = unlisted
    .filter(file => removed.includes(file))
    .flatMap(({ fullName }) => known.get(fullName)?.uuid ?? []);
  return new Map(uuids.map(uuid => [uuid, []]));
}

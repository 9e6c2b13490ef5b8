import { EntityProviderConnection } from '@backstage/plugin-catalog-node';
import { CatalogSnapshot } from '../catalog-tables/CatalogSnapshot';
import { CatalogTables } from '../catalog-tables/CatalogTables';
import {
  EmittedLocation,
  LocatedFile,
  locationRefOf,
} from '../catalog-tables/EmittedLocation';
import { Conflict } from '../catalog-tables/differences';
import {
  allowEntityMoves,
  applyEntityMoves,
  EntityMove,
} from '../catalog-tables/entityMoves';
import { readUnreadNow } from '../catalog-tables/processing';
import {
  MovedEntities,
  restoreReference,
  transferLocation,
} from '../catalog-tables/transfers';
import { batches } from '../lib/batching';
import { ScmHost } from '../scm/ScmHost';
import { EmittedLocations } from './EmittedLocations';
import { mayTakeOver, Peer } from './takeover';
import { toLocation } from './locations';
import { RepositoryPlan } from './plan';
import { Skipped } from './repositoryFiles';

/** Entities per mutation, each of which is one transaction of the catalog. */
const BATCH = 1_000;

/** What changing the catalog needs. */
type MutationTools = Pick<PlanTools, 'connection' | 'provider'> & {
  host: Pick<ScmHost, 'names' | 'urls'>;
};

/**
 * Adds Locations to the catalog, and removes others with the last of them. What
 * the catalog has already stays as it is.
 *
 * @param tools.provider - the entity provider's name
 */
export async function mutate(
  { connection, host, provider }: MutationTools,
  added: LocatedFile[],
  removed: LocatedFile[],
): Promise<void> {
  let rest = { added, removed };
  while (rest.added.length + rest.removed.length > 0) {
    const now = {
      added: rest.added.slice(0, BATCH),
      removed: rest.removed.slice(0, Math.max(0, BATCH - rest.added.length)),
    };
    await connection.applyMutation({
      type: 'delta',
      added: now.added.map(file => toLocation(host, file, provider)),
      removed: now.removed.map(file => toLocation(host, file, provider)),
    });
    rest = {
      added: rest.added.slice(now.added.length),
      removed: rest.removed.slice(now.removed.length),
    };
  }
}

/** What a walk has done so far. */
export class WalkTotals {
  readonly skipped: Skipped[] = [];
  /** Counts repositories that were searched, skipped ones included. */
  searched = 0;
  /** Counts catalog files. */
  found = 0;
  added = 0;
  /** Files whose content has changed. */
  changed = 0;
  removed = 0;
  /** What the catalog has and the walk did not find, without proof that it is gone. */
  unconfirmed = 0;
  /** Added, although Backstage does not read them: their URLs are too long. */
  readonly tooLong: LocatedFile[] = [];
  /** Not added, since another source has them in the catalog. */
  readonly conflicts: Conflict[] = [];

  /** Whether the catalog was changed. */
  get isNews(): boolean {
    return this.added + this.changed + this.removed > 0;
  }
}

/** What a plan is applied with. */
export type PlanTools = {
  host: ScmHost;
  tables: CatalogTables;
  connection: EntityProviderConnection;
  /** The entity provider's name, which is its location key too. */
  provider: string;
  /** The other entity providers of this module. */
  peers: readonly Peer[];
  emitted: EmittedLocations;
  catalog: CatalogSnapshot;
};

/** The result of applying a plan. */
type Applied = {
  added: LocatedFile[];
  /** How many Locations were replaced by those of the same files at another URL. */
  moved: number;
  changed: number;
  /** Not added, since another source has them. */
  conflicts: Conflict[];
};

/**
 * Brings the catalog in line with what was found in some repositories: takes
 * Locations over from other providers, moves, adds and refreshes, and records what
 * was emitted. Removes nothing but the old Location of a file that was moved.
 *
 * @param entityMoves - entities that another file defines than before
 */
export async function applyPlans(
  tools: PlanTools,
  plans: readonly RepositoryPlan[],
  now: number,
  entityMoves: readonly EntityMove[] = [],
): Promise<Applied> {
  const { tables, emitted } = tools;
  const wanted = plans.flatMap(plan =>
    [...plan.add, ...plan.moves.map(({ to }) => to)].map(file => ({
      plan,
      file,
    })),
  );
  const { free, conflicts } = await claim(tools, wanted);
  const moves = plans
    .flatMap(plan => plan.moves)
    .filter(({ to }) => free.has(to));
  const added = plans.flatMap(plan => plan.add).filter(file => free.has(file));
  const adopted = await claim(
    tools,
    plans.flatMap(plan => plan.adopt.map(file => ({ plan, file }))),
  );
  const entities = new MovedEntities(tables, moves);
  const refused = new Set(
    wanted.filter(({ file }) => !free.has(file)).map(({ file }) => file),
  );
  const taken = entityMoves.filter(({ to }) => !refused.has(to));
  await entities.allowNewUrls();
  await allowEntityMoves(tables, taken);
  const targets = new Set(moves.map(({ to }) => to));
  await mutate(tools, [...added, ...targets, ...adopted.free], []);
  await entities.handOver();
  await applyEntityMoves(tables, taken);
  // Another repository may have the name by now, and the file at that URL.
  const found = new Set(plans.flatMap(plan => plan.found.map(locationRefOf)));
  const isTaken = (file: LocatedFile) => found.has(locationRefOf(file));
  const left = moves.map(({ from }) => from);
  const gone = left.filter(file => !isTaken(file));
  await mutate(tools, [], gone);
  await refresh(tools, [
    ...new Set([
      ...plans.flatMap(plan => plan.refresh),
      ...taken.map(({ to }) => to.target),
      ...left.filter(isTaken).map(({ target }) => target),
    ]),
  ]);
  await record(tools, plans, now);
  await emitted.remove(gone.map(locationRefOf));
  return {
    added,
    moved: moves.length,
    changed: plans.reduce((sum, plan) => sum + plan.refresh.length, 0),
    conflicts,
  };
}

type Wanted = { plan: RepositoryPlan; file: LocatedFile };

/**
 * Which files can be added: the catalog refuses a Location that another source has,
 * unless it can be taken over.
 */
async function claim(
  { host, tables, catalog, provider, peers }: PlanTools,
  wanted: readonly Wanted[],
): Promise<{ free: Set<LocatedFile>; conflicts: Conflict[] }> {
  const free = new Set<LocatedFile>();
  const conflicts: Conflict[] = [];
  const holders = await catalog.holders(
    wanted.map(({ file }) => locationRefOf(file)),
  );
  for (const { plan, file } of wanted) {
    const { repository } = plan.finding;
    const holder = holders.get(locationRefOf(file)) ?? null;
    if (holder === null) {
      free.add(file);
    } else if (holder === provider) {
      await restoreReference(tables, provider, locationRefOf(file));
      free.add(file);
    } else if (mayTakeOver(host, holder, peers, repository, file.path)) {
      const { uuid } = repository;
      await transferLocation(tables, {
        from: holder,
        to: provider,
        uuid,
        file,
      });
    } else if (holder !== `url:${file.target}`) {
      conflicts.push({ target: file.target, holder });
    }
  }
  return { free, conflicts };
}

/** Lets the catalog read Locations again. */
export async function refresh(
  { connection, tables }: Pick<PlanTools, 'connection' | 'tables'>,
  targets: readonly string[],
): Promise<void> {
  for (const batch of batches(targets)) {
    await connection.refresh({ keys: batch.map(target => `url:${target}`) });
    await readUnreadNow(tables, batch);
  }
}

async function record(
  { emitted }: PlanTools,
  plans: readonly RepositoryPlan[],
  now: number,
): Promise<void> {
  await emitted.save(
    plans.flatMap(({ finding, found, unchanged }) =>
      found
        .filter(file => !unchanged.has(file))
        .map(file => ({ uuid: finding.repository.uuid, file })),
    ),
  );
  const missing: EmittedLocation[] = plans.flatMap(plan => plan.missing);
  await emitted.markMissing(
    missing.filter(({ missingSince }) => missingSince === undefined),
    now,
  );
  await emitted.remove(
    plans.flatMap(plan => plan.forgotten.map(({ entityRef }) => entityRef)),
  );
}

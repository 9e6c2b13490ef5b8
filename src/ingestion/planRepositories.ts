import { CatalogSnapshot } from '../catalog-tables/CatalogSnapshot';
import { CatalogTables } from '../catalog-tables/CatalogTables';
import {
  EmittedLocation,
  locationRefOf,
} from '../catalog-tables/EmittedLocation';
import { Conflict, Differences } from '../catalog-tables/differences';
import { transferLocation } from '../catalog-tables/transfers';
import { addTo } from '../lib/batching';
import {
  confirmFallbacks,
  confirmNames,
  FallbackTools,
} from './confirmFallbacks';
import { MOST_FILES, readEntityRefs } from './entityMoves';
import { mayTakeOver, Peer } from './takeover';
import { locate } from './locations';
import {
  pairByEntities,
  pairByPath,
  planRepository,
  RepositoryPlan,
} from './plan';
import { Finding } from './repositoryFiles';

const DAY_MS = 24 * 3_600_000;

/** What was emitted is what the catalog has. */
export const NO_DIFFERENCES: Differences = {
  absent: [],
  conflicts: [],
  missing: [],
  foreign: [],
};

/**
 * Which repositories a walk looks at although nothing was updated in them, since
 * the catalog does not have what was emitted, or has more. What the mirror has of
 * them takes no request.
 *
 * @param options.held - targets whose removal is held, which only a full list decides
 * @param options.peers - names of the other providers of this module, which may give
 * a Location up; any other source keeps it until it removes it
 * @param options.now - milliseconds since the epoch
 */
export function repositoriesToRepair(
  { absent, conflicts, missing, foreign }: Differences,
  {
    held,
    peers,
    now,
  }: { held: ReadonlySet<string>; peers: ReadonlySet<string>; now: number },
): { uuids: string[]; conflicts: Conflict[] } {
  const locations = [
    ...absent,
    ...conflicts
      .filter(({ holder }) => peers.has(holder))
      .map(({ location }) => location),
    ...missing.filter(
      location => !held.has(location.target) && isDue(location, now),
    ),
    ...foreign,
  ];
  return {
    uuids: [...new Set(locations.map(({ uuid }) => uuid))],
    conflicts: conflicts
      .filter(({ holder }) => !peers.has(holder))
      .map(({ target, holder }) => ({ target, holder })),
  };
}

/**
 * Whether to try again to confirm that a file is missing: after as long as it has
 * been missing when that was last tried, at most a day.
 */
function isDue(
  { missingSince = 0, triedAt }: EmittedLocation,
  now: number,
): boolean {
  return (
    triedAt === undefined ||
    now - triedAt >= Math.min(triedAt - missingSince, DAY_MS)
  );
}

/** What planning needs. */
type PlanningTools = FallbackTools & {
  tables: CatalogTables;
  /** The entity provider's name. */
  provider: string;
  /** The other entity providers of this module. */
  peers: readonly Peer[];
  catalog: CatalogSnapshot;
};

/** Reads what the catalog has of some repositories, and plans what there is to do. */
export async function planRepositories(
  tools: PlanningTools,
  searched: readonly Finding[],
  {
    foreign,
    updated,
  }: {
    /** In the catalog, put there by another module. */
    foreign: readonly EmittedLocation[];
    /** Uuids of the repositories that may have been updated since they were last read. */
    updated: ReadonlySet<string>;
  },
): Promise<RepositoryPlan[]> {
  const { host, catalog } = tools;
  await takeOverFromPeers(tools, searched);
  const uuids = new Set(searched.map(({ repository }) => repository.uuid));
  const before = await catalog.ofRepositories([...uuids]);
  const recorded = new Set(
    [...before.values()].flat().map(({ entityRef }) => entityRef),
  );
  foreign
    .filter(({ uuid }) => uuids.has(uuid))
    .forEach(location => addTo(before, location.uuid, location));
  const named = await confirmNames(tools, searched, before);
  const findings = await confirmFallbacks(tools, named, before);
  const refs = findings.flatMap(finding =>
    finding.reason
      ? []
      : finding.files.map(file =>
          locationRefOf(
            locate(host.urls, finding.repository, finding.branch, file),
          ),
        ),
  );
  const elsewhere = await catalog.byRef(refs.filter(ref => !recorded.has(ref)));
  const plans = findings.map(finding => {
    const { uuid } = finding.repository;
    return planRepository({
      urls: host.urls,
      finding,
      before: before.get(uuid) ?? [],
      inherited: elsewhere,
      isUpdated: updated.has(uuid),
    });
  });
  return Promise.all(plans.map(plan => withMoves(tools, plan)));
}

/**
 * Takes over what other providers of this module have of the repositories and no
 * longer ask for, also under a URL that the file had before: then it moves with
 * this provider.
 */
async function takeOverFromPeers(
  { host, tables, catalog, provider, peers }: PlanningTools,
  findings: readonly Finding[],
): Promise<void> {
  if (peers.length === 0) {
    return;
  }
  const found = new Map(
    findings.flatMap(finding =>
      finding.reason ? [] : [[finding.repository.uuid, finding] as const],
    ),
  );
  for (const { from, location } of await catalog.ofOthers([...found.keys()])) {
    const { repository, files } = found.get(location.uuid)!;
    const { path } = location;
    const isFound = files.some(file => file.path === path);
    if (isFound && mayTakeOver(host, from, peers, repository, path)) {
      const { uuid } = location;
      await transferLocation(tables, {
        from,
        to: provider,
        uuid,
        file: location,
      });
    }
  }
}

/**
 * Reads the files of a repository that others are gone from, to see what moved: those
 * at the same paths first, and the others where these do not define the same entities.
 */
async function withMoves(
  tools: PlanningTools,
  plan: RepositoryPlan,
): Promise<RepositoryPlan> {
  const { finding, found } = plan;
  if (finding.reason || found.length === 0 || plan.missing.length === 0) {
    return plan;
  }
  const provided = await tools.catalog.provided(
    plan.missing.map(({ entityRef }) => entityRef),
  );
  const defined = new Map<string, string[]>();
  const paths = new Set(plan.missing.map(({ path }) => path));
  const inOrder = [
    found.filter(({ path }) => paths.has(path)),
    found.filter(({ path }) => !paths.has(path)),
  ];
  let paired = plan;
  for (const files of inOrder) {
    if (paired.missing.length > 0) {
      for (const file of files.slice(0, MOST_FILES - defined.size)) {
        const refs = await readEntityRefs(tools, finding, file);
        defined.set(file.target, refs ?? []);
      }
      paired = pairByEntities(paired, provided, defined);
    }
  }
  return pairByPath(paired);
}

import { EmittedLocation } from '../catalog-tables/EmittedLocation';
import { Conflict, Differences } from '../catalog-tables/differences';

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
 * the catalog does not have what was emitted, or has more. What the index knows of
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

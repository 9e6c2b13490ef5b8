import {
  allowEntityMoves,
  applyEntityMoves,
} from '../catalog-tables/entityMoves';
import { transferLocation } from '../catalog-tables/transfers';
import { HeldRemovals } from './HeldRemovals';
import { mutate, refresh } from './applyPlan';
import {
  applyPolicy,
  Confirmed,
  ConfirmedRemovals,
  RemovalRequest,
  RemovalTools,
} from './confirmRemovals';
import { planMovesOfRemoved } from './entityMoves';
import { successorOf } from './takeover';
import {
  RemovalCandidate,
  RemovalDecision,
  repositoriesOf,
} from './removalPolicy';

/** The result of the requested removals. */
type RemovalOutcome = {
  removed: number;
  /** Removed, or handed over to another provider. */
  settled: number;
  /** Why the rest is held. */
  held?: string;
};

/** Removes Locations from the catalog that are confirmed to be gone. */
export async function removeConfirmed(
  tools: RemovalTools,
  request: RemovalRequest,
  { decision, confirmed }: ConfirmedRemovals,
): Promise<RemovalOutcome> {
  const { removed, transferred, held } = await tools.oneAtATime(() =>
    remove(tools, confirmed, request),
  );
  // Another delivery may have used up the allowance in between.
  const holds = {
    hold: [...decision.hold, ...held.hold],
    reason: decision.reason ?? held.reason,
  };
  await remember(tools.holds, request, holds);
  return {
    removed,
    settled: removed + transferred,
    held:
      holds.hold.length > 0
        ? (holds.reason ?? request.hold?.reason)
        : undefined,
  };
}

/** Removes what is still missing by now, and within the allowance. */
async function remove(
  tools: RemovalTools,
  confirmed: readonly Confirmed[],
  request: RemovalRequest,
): Promise<{
  removed: number;
  transferred: number;
  held: Omit<RemovalDecision, 'apply'>;
}> {
  const { emitted, allowance } = tools;
  const gone = confirmed.filter(({ verdict }) => verdict === 'gone');
  const still = new Set(
    await emitted.stillMissing(gone.map(({ candidate }) => candidate.location)),
  );
  const missing = gone.filter(({ candidate }) => still.has(candidate.location));
  const stays: RemovalCandidate[] = [];
  for (const one of missing) {
    if (!(await handOver(tools, one))) {
      stays.push(one.candidate);
    }
  }
  const { apply: removed, ...held } = await applyPolicy(tools, {
    ...request,
    candidates: stays,
  });
  const locations = removed.map(({ location }) => location);
  const entityMoves = await planMovesOfRemoved(tools, locations);
  await allowEntityMoves(tools.tables, entityMoves);
  await applyEntityMoves(tools.tables, entityMoves);
  await mutate(tools, [], locations);
  await refresh(tools, [...new Set(entityMoves.map(({ to }) => to.target))]);
  await emitted.remove(locations.map(({ entityRef }) => entityRef));
  if (removed.length > 0) {
    await allowance.use(request.listSince, {
      locations: removed.length,
      repositories: repositoriesOf(removed).size,
    });
  }
  return {
    removed: removed.length,
    transferred: missing.length - stays.length,
    held,
  };
}

/** A Location that another provider wants goes to that one, and stays in the catalog. */
async function handOver(
  { host, tables, provider, peers, emitted }: RemovalTools,
  { candidate, repository }: Confirmed,
): Promise<boolean> {
  const { location, absence } = candidate;
  const mayBeWanted = absence.kind === 'settings' || repository !== undefined;
  if (!mayBeWanted || absence.kind === 'path' || peers.length === 0) {
    return false;
  }
  const other = await emitted.otherClaim(location.entityRef);
  const isPeer = peers.some(peer => peer.provider === other?.provider);
  const to =
    (isPeer ? other?.provider : undefined) ??
    (repository &&
      successorOf(host, peers, repository, location.path)?.provider);
  if (to === undefined) {
    return false;
  }
  return transferLocation(tables, {
    from: provider,
    to,
    uuid: location.uuid,
    file: location,
  });
}

/** Only a full list shows that nothing is held any more, and ends an approval. */
async function remember(
  holds: HeldRemovals,
  { isWhole, hold }: RemovalRequest,
  decision: Omit<RemovalDecision, 'apply'>,
): Promise<void> {
  const targets = decision.hold.map(({ location }) => location.target);
  const reason = decision.reason ?? hold?.reason;
  if (isWhole && hold?.approved) {
    await holds.endApproval();
  }
  if (targets.length > 0 && reason !== undefined) {
    const others = isWhole ? [] : (hold?.targets ?? []);
    await holds.hold(reason, [...new Set([...others, ...targets])]);
  } else if (isWhole) {
    await holds.lift();
  }
}

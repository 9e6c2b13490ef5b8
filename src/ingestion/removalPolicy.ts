import { EmittedLocation } from '../catalog-tables/EmittedLocation';
import { ProviderConfig } from '../config/types';
import { Repository } from '../scm/types';
import { planCatalogPaths } from './repositoryFiles';
import { Finding } from './repositoryFiles';

/** Why a Location should be removed, and which response says so. */
export type Absence =
  /** A request for the file, or a listing of its folder, did not find it. */
  | {
      kind: 'path';
      by: 'file' | 'listing';
      branch: string;
      commit?: string;
      /** The configured branch, where the default branch was read since that is missing. */
      inPlaceOf?: string;
    }
  /** A request for the branch did not find it. */
  | { kind: 'branch'; branch?: string }
  /** The repository came without a main branch. */
  | { kind: 'empty' }
  /** The settings no longer include the file. */
  | { kind: 'settings' }
  /** A list lacks the repository, or a request for it did not find it. */
  | { kind: 'repository'; by: 'list' | 'request' };

/**
 * What a second request says. `changed`: the file, branch or repository is there,
 * or the branch has moved since; it is searched again. `unknown`: nothing was
 * proved, and everything stays.
 */
export type Verdict = 'gone' | 'changed' | 'unknown';

/** Why a Location was not found in a repository that was searched. */
export function absenceIn(
  finding: Finding,
  location: EmittedLocation,
  config: ProviderConfig,
): Absence {
  if (finding.reason === 'empty') {
    return { kind: 'empty' };
  }
  if (finding.reason) {
    return { kind: 'branch', branch: config.branch };
  }
  const { branch, commit } = finding;
  const inPlaceOf = config.branch === branch ? undefined : config.branch;
  const { files, globs } = planCatalogPaths(config.catalogPaths);
  if (files.includes(location.path)) {
    return { kind: 'path', by: 'file', branch, commit, inPlaceOf };
  }
  return globs.some(glob => glob.matches(location.path))
    ? { kind: 'path', by: 'listing', branch, commit, inPlaceOf }
    : { kind: 'settings' };
}

/** Up to this many Locations are never held, however small the catalog is. */
const NEVER_HELD = 10;

/** If more than this part of the repositories is invisible, the credential is the more likely cause. */
const LARGE_PART_PERCENT = 50;

/** The reason for a hold that is due to the list, not to single Locations. */
const EMPTY_LIST = 'the list of repositories is empty';

/** A Location that the catalog has, and why it should be removed. */
export type RemovalCandidate = {
  location: EmittedLocation;
  absence: Absence;
  /** As Bitbucket last described it; absent where the repository is not visible. */
  repository?: Repository;
};

/** What was removed since the last full list. */
export type Used = { locations: number; repositories: number };

/** What the policy decides by. */
export type RemovalSituation = {
  candidates: readonly RemovalCandidate[];
  /** Targets that are held already. */
  held: ReadonlySet<string>;
  /** Targets of which someone has approved the removal. */
  approved: ReadonlySet<string>;
  /** Removed by walks and after deliveries since the last full list. */
  used: Used;
  /** How many Locations the catalog has of the provider. */
  current: number;
  /** How many repositories there are that the filters include. */
  listed: number;
  /** Whether {@link RemovalSituation.listed} is what a full list says. */
  isFullList: boolean;
  maxPercentage: number;
  /** References of Locations from which the catalog has no entity. */
  withoutEntities: ReadonlySet<string>;
  /** Full names of repositories that are known to be private. */
  isPrivate(fullName: string): boolean;
};

/** Which removals may be applied, once they are confirmed, and which are held. */
export type RemovalDecision = {
  apply: RemovalCandidate[];
  hold: RemovalCandidate[];
  /** Why something is held that was not held before. */
  reason?: string;
};

/**
 * Decides what may be removed.
 *
 * A credential that loses access to repositories sees a shorter list, without any
 * error. So walks and deliveries share one allowance for each full list: more than
 * `maxPercentage` of the Locations is held, and so is the disappearance of most
 * repositories, at any size, and every removal where the list is empty. What is
 * held is removed only after approval.
 *
 * Locations that another module has emitted for files which are not there, and from
 * which no entity comes, are removed without that: the stock module for Bitbucket Server emits
 * one for every repository.
 */
export function decideRemovals(situation: RemovalSituation): RemovalDecision {
  const { candidates, held, approved } = situation;
  const isApproved = ({ location }: RemovalCandidate) =>
    approved.has(location.target);
  const isHeld = (one: RemovalCandidate) =>
    held.has(one.location.target) && !isApproved(one);
  const isAllowed = (one: RemovalCandidate) =>
    isApproved(one) || isWithoutEffect(one, situation);
  const allowed = candidates.filter(isAllowed);
  const others = candidates.filter(one => !isAllowed(one));
  const stays = others.filter(isHeld);
  const fresh = others.filter(one => !isHeld(one));
  const reason = reasonToHold(fresh, stays, situation);
  return reason === undefined
    ? { apply: [...allowed, ...fresh], hold: stays }
    : { apply: allowed, hold: [...stays, ...fresh], reason };
}

function isWithoutEffect(
  { absence, location }: RemovalCandidate,
  { withoutEntities }: RemovalSituation,
): boolean {
  const isNoFile = absence.kind === 'path' || absence.kind === 'empty';
  return (
    isNoFile && !location.isRecorded && withoutEntities.has(location.entityRef)
  );
}

/** Begins the reason why every Location is held. */
export function allAreKept(count: number | string): string {
  return `All ${count} Locations are kept`;
}

/** Begins the reason why some Locations are held. */
export function someAreKept(
  count: number | string,
  current: number | string,
): string {
  return `${count} of ${current} Locations are kept although this walk did not find them`;
}

/** Whether a hold ends with the next full list that is not empty. */
export function isHeldByEmptyList(reason: string): boolean {
  return reason.includes(EMPTY_LIST);
}

function reasonToHold(
  fresh: readonly RemovalCandidate[],
  stays: readonly RemovalCandidate[],
  situation: RemovalSituation,
): string | undefined {
  const { used, current, listed, isFullList, maxPercentage } = situation;
  if (fresh.length === 0) {
    return undefined;
  }
  const all = [...stays, ...fresh];
  if (isFullList && listed === 0) {
    return `${allAreKept(all.length)}: ${EMPTY_LIST}, as it is for a credential without access. Restore the access of the credential, correct the filters, or remove the provider from the configuration.`;
  }
  const locations = used.locations + fresh.length;
  const before = current + used.locations;
  const isTooMany =
    locations > NEVER_HELD && (100 * locations) / before > maxPercentage;
  const invisible = used.repositories + repositoriesOf(fresh).size;
  const isLargePart =
    invisible > 1 &&
    repositoriesOf(fresh).size > 0 &&
    (100 * invisible) / (invisible + listed) >
      Math.max(LARGE_PART_PERCENT, maxPercentage);
  if (!isTooMany && !isLargePart) {
    return undefined;
  }
  const limit = isTooMany
    ? `removals.maxPercentage allows the removal of ${maxPercentage} % between two full lists`
    : 'More repositories have disappeared than are left';
  return `${someAreKept(all.length, current)}: ${describe(
    all,
    situation,
  )}. ${limit}. If this removal is intended, raise removals.maxPercentage or approve it once (POST /api/catalog/bitbucket/removals/approve). If not, restore the access of the credential.`;
}

/**
 * The repositories that are not visible any more, by uuid or name. One that the
 * filters leave out is visible.
 */
export function repositoriesOf(
  candidates: readonly RemovalCandidate[],
): Set<string> {
  return new Set(
    candidates
      .filter(
        ({ absence, repository }) =>
          absence.kind === 'repository' && !repository,
      )
      .map(({ location }) => location.uuid || location.fullName),
  );
}

function describe(
  candidates: readonly RemovalCandidate[],
  { isPrivate }: RemovalSituation,
): string {
  const names = new Set(
    candidates
      .filter(({ absence }) => absence.kind === 'repository')
      .map(({ location }) => location.fullName),
  );
  const files = candidates.filter(
    ({ absence }) => absence.kind !== 'repository',
  );
  const allPrivate = [...names].every(isPrivate) ? ', all private,' : '';
  const parts = [
    names.size > 0 &&
      `${names.size} repositories${allPrivate} are no longer visible to this credential or no longer match the filters`,
    files.length > 0 &&
      `${files.length} files are gone from their repositories`,
  ];
  return parts.filter(Boolean).join(', and ');
}

import {
  EmittedLocation,
  LocatedFile,
  locationRefOf,
} from '../catalog-tables/EmittedLocation';
import { Move } from '../catalog-tables/movedEntities';
import { ScmUrls } from '../scm/urls';
import { locate } from './locations';
import { Finding, Looked, SkipReason } from './repositoryFiles';

/** A repository that was skipped for one of these may still have its files. */
export const INCONCLUSIVE: readonly SkipReason[] = ['vanished', 'failing'];

/** What the catalog has of a repository, and what was found in it. */
export type RepositoryState = {
  /** Make the targets of Locations. */
  urls: Pick<ScmUrls, 'file'>;
  finding: Finding;
  /** Emitted for this repository before, or in the catalog already. */
  before: readonly EmittedLocation[];
  /**
   * Locations of the files that were found which the catalog has for another
   * repository, by entity reference: that one had the name before.
   */
  inherited: ReadonlyMap<string, EmittedLocation>;
  /** Whether the repository was updated since the last walk. */
  isUpdated: boolean;
};

/** What there is to do for one repository, as a value. */
export type RepositoryPlan = {
  finding: Finding;
  /** Found, and not in the catalog. */
  add: LocatedFile[];
  /** In the catalog, and found under another URL. */
  moves: Move[];
  /** Targets of Locations whose content is another than before. */
  refresh: string[];
  /** In the catalog, and not found although the repository was looked into. */
  missing: EmittedLocation[];
  /** In the catalog, of a repository that could not be looked into. */
  unconfirmed: EmittedLocation[];
  /** Emitted before, neither found nor in the catalog. */
  forgotten: EmittedLocation[];
  /** Everything that was found. */
  found: LocatedFile[];
  /** Those that are recorded already just as they were found. */
  unchanged: ReadonlySet<LocatedFile>;
};

/**
 * Compares what was found in a repository with what the catalog has of it. The
 * catalog's tables say what the catalog has: a Location that was emitted and that
 * the catalog does not have is added again.
 */
export function planRepository(state: RepositoryState): RepositoryPlan {
  const { urls, finding, before, inherited } = state;
  const plan: RepositoryPlan = {
    finding,
    add: [],
    moves: [],
    refresh: [],
    missing: [],
    unconfirmed: [],
    forgotten: [],
    found: [],
    unchanged: new Set(),
  };
  const inCatalog = before.filter(location => location.isInCatalog);
  if (finding.reason && INCONCLUSIVE.includes(finding.reason)) {
    return { ...plan, unconfirmed: inCatalog };
  }
  const found = finding.reason ? [] : locateAll(urls, inCatalog, finding);
  const places = new Set(found.map(({ place }) => place));
  const placesInCatalog = new Set(inCatalog.map(({ place }) => place));
  const added = found.filter(({ place }) => !placesInCatalog.has(place));
  const isInherited = (file: LocatedFile) => inherited.has(locationRefOf(file));
  const absent = inCatalog.filter(({ place }) => !places.has(place));
  const pairs = pairMoves(
    absent,
    added.filter(file => !isInherited(file)),
  );
  const isMoved = new Set(pairs.map(({ from }) => from));
  const isTarget = new Set(pairs.map(({ to }) => to));
  const fromIsMoved = (file: EmittedLocation) => isMoved.has(file);
  return {
    ...plan,
    found,
    unchanged: recorded(before, found),
    add: added.filter(file => !isInherited(file) && !isTarget.has(file)),
    moves: pairs,
    refresh: [
      ...touched(state, found).map(({ target }) => target),
      ...added.filter(isInherited).map(({ target }) => target),
    ],
    missing: absent.filter(file => !fromIsMoved(file)),
    forgotten: before.filter(
      location => !location.isInCatalog && !places.has(location.place),
    ),
  };
}

/**
 * Pairs files that are gone from one URL with files that are new at another: the
 * same path, after a rename of the repository or the branch, or else the same
 * content, after a move within the repository.
 */
export function pairMoves(
  absent: readonly EmittedLocation[],
  added: readonly LocatedFile[],
): { from: EmittedLocation; to: LocatedFile }[] {
  const moves: { from: EmittedLocation; to: LocatedFile }[] = [];
  const free = new Set(added);
  const pairs = new Map<EmittedLocation, LocatedFile>();
  const pairBy = (
    isSame: (from: EmittedLocation, to: LocatedFile) => boolean,
  ) => {
    for (const from of absent.filter(one => !pairs.has(one))) {
      const to = [...free].find(file => isSame(from, file));
      if (to) {
        free.delete(to);
        pairs.set(from, to);
      }
    }
  };
  pairBy((from, to) => from.path === to.path);
  pairBy((from, to) => from.hash !== undefined && from.hash === to.hash);
  pairs.forEach((to, from) => moves.push({ from, to }));
  return moves;
}

/**
 * Pairs what is left by the entities: another file of the repository defines all
 * that came from the missing one. That may be a new file, or one that the catalog
 * has already, such as a copy.
 *
 * @param provided - references of the entities that came from a Location, by its
 * entity reference
 * @param defined - references of the entities that a file defines, by target
 */
export function pairByEntities(
  plan: RepositoryPlan,
  provided: ReadonlyMap<string, readonly string[]>,
  defined: ReadonlyMap<string, readonly string[]>,
): RepositoryPlan {
  const moves: Move[] = [];
  const stays: EmittedLocation[] = [];
  for (const from of plan.missing) {
    const entities = provided.get(from.entityRef) ?? [];
    const to = plan.found.find(file => {
      const refs = new Set(defined.get(file.target));
      return entities.length > 0 && entities.every(ref => refs.has(ref));
    });
    if (to) {
      moves.push({ from, to });
    } else {
      stays.push(from);
    }
  }
  const isNew = new Set(plan.add);
  const targets = new Set(moves.map(({ to }) => to));
  return {
    ...plan,
    add: plan.add.filter(file => !targets.has(file)),
    missing: stays,
    moves: [...plan.moves, ...moves],
    // One that the catalog has is to provide the entities at once.
    refresh: [
      ...plan.refresh,
      ...[...targets].filter(file => !isNew.has(file)).map(file => file.target),
    ],
  };
}

/**
 * Locations whose content has changed since they were emitted, also those that
 * someone has registered, and whose file this provider follows all the same. The
 * hash of a file that a glob finds is unknown before someone reads it: one that
 * becomes known is not a change by itself, but any update may have touched a file
 * that was emitted without one.
 */
function touched(
  { before, isUpdated }: RepositoryState,
  found: readonly LocatedFile[],
): EmittedLocation[] {
  const hashes = new Map(found.map(file => [file.place, file.hash]));
  return before.filter(({ place, hash }) => {
    if (!hashes.has(place)) {
      return false;
    }
    return hash === undefined ? isUpdated : hashes.get(place) !== hash;
  });
}

function recorded(
  before: readonly EmittedLocation[],
  found: readonly LocatedFile[],
): Set<LocatedFile> {
  const byTarget = new Map(before.map(row => [row.target, row]));
  return new Set(
    found.filter(file => {
      const row = byTarget.get(file.target);
      return (
        row?.isRecorded &&
        row.missingSince === undefined &&
        row.path === file.path &&
        row.hash === file.hash
      );
    }),
  );
}

/**
 * A file that the catalog has keeps the spelling of its URL: the stock module
 * leaves spaces as they are, and another URL would be another Location. A branch
 * with a slash is spelt again, since it cannot be distinguished from the path.
 */
function locateAll(
  urls: RepositoryState['urls'],
  inCatalog: readonly EmittedLocation[],
  { repository, branch, files }: Looked,
): LocatedFile[] {
  const byPlace = new Map(inCatalog.map(file => [file.place, file]));
  return files.map(file => {
    const located = locate(urls, repository, branch, file);
    const spelt = !branch.includes('/') && byPlace.get(located.place);
    return spelt ? { ...located, target: spelt.target } : located;
  });
}

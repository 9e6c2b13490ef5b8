import {
  EmittedLocation,
  LocatedFile,
  locationRefOf,
} from '../catalog-tables/EmittedLocation';
import { Move } from '../catalog-tables/transfers';
import { addTo } from '../lib/batching';
import { ScmUrls } from '../scm/urls';
import { locate } from './locations';
import { Finding, Searched, SkipReason } from './repositoryFiles';

/** A repository that was skipped for one of these may still have its files. */
const INCONCLUSIVE: readonly SkipReason[] = ['vanished', 'failing'];

/** What the catalog has of a repository, and what was found in it. */
export type RepositoryState = {
  /** Make the targets of Locations. */
  urls: Pick<ScmUrls, 'file' | 'refPlace'>;
  finding: Finding;
  /** Emitted for this repository before, or in the catalog already. */
  before: readonly EmittedLocation[];
  /**
   * Locations of the files that were found which the catalog has for another
   * repository, by entity reference: that one had the name before.
   */
  inherited: ReadonlyMap<string, EmittedLocation>;
  /** Whether the repository may have been updated since it was last read. */
  isUpdated: boolean;
};

/** What there is to do for one repository, as a value. */
export type RepositoryPlan = {
  finding: Finding;
  /** Found, and not in the catalog. */
  add: LocatedFile[];
  /**
   * Found, and in the catalog from the module that this one replaces: emitted again, since
   * a Location of that may be optional, and lose its entities when one response lacks its
   * file.
   */
  adopt: LocatedFile[];
  /** In the catalog, and found under another URL. */
  moves: Move[];
  /** Targets of Locations whose content is another than before. */
  refresh: string[];
  /** In the catalog, and not found although the repository was searched. */
  missing: EmittedLocation[];
  /** In the catalog, of a repository that could not be searched. */
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
    adopt: [],
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
  const foreign = new Set(
    inCatalog.filter(one => !one.isRecorded).map(({ place }) => place),
  );
  const isInherited = (file: LocatedFile) => inherited.has(locationRefOf(file));
  const absent = inCatalog.filter(({ place }) => !places.has(place));
  return pairByContent({
    ...plan,
    found,
    unchanged: recorded(before, found),
    add: added.filter(file => !isInherited(file)),
    adopt: found.filter(({ place }) => foreign.has(place)),
    refresh: [
      ...touched(state, found).map(({ target }) => target),
      ...added.filter(isInherited).map(({ target }) => target),
    ],
    missing: absent,
    forgotten: before.filter(
      location => !location.isInCatalog && !places.has(location.place),
    ),
  });
}

/**
 * Pairs files that are gone from one URL with files that are new at another and have
 * the same content: at the same path, after a rename of the repository or the branch,
 * or else after a move within the repository.
 */
function pairByContent(plan: RepositoryPlan): RepositoryPlan {
  const samePlace = pairBy(plan, ({ path, hash }) => hash && `${hash} ${path}`);
  return pairBy(samePlace, ({ hash }) => hash);
}

/** @param keyOf - the same for a missing file and the new one that it has become */
function pairBy(
  plan: RepositoryPlan,
  keyOf: (file: LocatedFile) => string | undefined,
): RepositoryPlan {
  const free = new Map<string, LocatedFile[]>();
  for (const file of plan.add) {
    const key = keyOf(file);
    if (key) {
      addTo(free, key, file);
    }
  }
  return pairEach(plan, from => free.get(keyOf(from) ?? '')?.shift());
}

/**
 * Pairs what is left by the entities: another file of the repository defines all
 * that came from the missing one, preferably the one at the same path. That may be a
 * new file, or one that the catalog has already, such as a copy.
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
  const files = plan.found
    .filter(({ target }) => defined.has(target))
    .map(file => ({ file, refs: new Set(defined.get(file.target)) }));
  return pairEach(plan, from => {
    const entities = provided.get(from.entityRef) ?? [];
    const all = files.filter(
      ({ refs }) => entities.length > 0 && entities.every(ref => refs.has(ref)),
    );
    const [to = all[0]] = all.filter(({ file }) => file.path === from.path);
    return to?.file;
  });
}

/**
 * Pairs what is left by the path: the file is there, under the name that the repository
 * or the branch has now, and was edited.
 */
export function pairByPath(plan: RepositoryPlan): RepositoryPlan {
  const byPath = new Map(plan.found.map(file => [file.path, file]));
  return pairEach(plan, ({ path }) => byPath.get(path));
}

/** @param find - the file that a missing one has become, which may be so for several */
function pairEach(
  plan: RepositoryPlan,
  find: (from: EmittedLocation) => LocatedFile | undefined,
): RepositoryPlan {
  const moves = plan.missing.flatMap(from => {
    const to = find(from);
    return to ? [{ from, to }] : [];
  });
  const isMoved = new Set<LocatedFile>(moves.map(({ from }) => from));
  const isNew = new Set(plan.add);
  const targets = new Set(moves.map(({ to }) => to));
  return {
    ...plan,
    add: plan.add.filter(file => !targets.has(file)),
    missing: plan.missing.filter(file => !isMoved.has(file)),
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
 * leaves spaces as they are, and another URL would be another Location. A URL whose
 * branch has a slash is written again with the branch encoded, since it cannot be distinguished from the path.
 */
function locateAll(
  urls: RepositoryState['urls'],
  inCatalog: readonly EmittedLocation[],
  { repository, branch, files }: Searched,
): LocatedFile[] {
  const byPlace = new Map(inCatalog.map(file => [file.place, file]));
  return files.map(file => {
    const located = locate(urls, repository, branch, file);
    const known = !branch.includes('/') && byPlace.get(located.place);
    return known ? { ...located, target: known.target } : located;
  });
}

import { CatalogFile, SkipReason, Walk } from '../discovery';
import { KnownRepository } from '../workspace';
import { locate, LocatedFile } from './locations';

/** How a walk's result differs from what the catalog has. */
export type Comparison = {
  /** Found, all of it. */
  found: LocatedFile[];
  /** Found, and not in the catalog. */
  added: LocatedFile[];
  /** In the catalog, and found under another URL: its repository or branch has another name. */
  moved: LocatedFile[];
  /** In the catalog, and not there when its repository was read. */
  gone: LocatedFile[];
  /** In the catalog, of repositories that the list lacks. */
  unlisted: LocatedFile[];
  /** In the catalog, of repositories that could not be looked into. */
  unseen: LocatedFile[];
};

/** A repository that was skipped for one of these may well have its files still. */
const INCONCLUSIVE: SkipReason[] = ['vanished', 'unreadable'];

/**
 * @param current - the files that the catalog has
 * @param known - the repositories of those files, by full name, as far as known
 */
export function compare(
  current: LocatedFile[],
  known: Map<string, KnownRepository>,
  walk: Walk,
): Comparison {
  const currentByPlace = new Map(current.map(file => [file.place, file]));
  const found = walk.files.map(file => locateAs(currentByPlace, file));
  const foundPlaces = new Set(found.map(({ place }) => place));
  const foundFiles = new Set(
    walk.files.map(({ repository, path }) => `${repository.uuid}/${path}`),
  );
  const listed = new Set(walk.repositories.map(({ uuid }) => uuid));
  const uuidByName = new Map(
    walk.repositories.map(({ fullName, uuid }) => [fullName, uuid]),
  );
  known.forEach(({ uuid }, fullName) => uuidByName.set(fullName, uuid));
  const unlooked = new Set(
    walk.skipped
      .filter(({ reason }) => INCONCLUSIVE.includes(reason))
      .map(({ repository }) => repository.uuid),
  );

  const comparison: Comparison = {
    found,
    added: found.filter(({ place }) => !currentByPlace.has(place)),
    moved: [],
    gone: [],
    unlisted: [],
    unseen: [],
  };
  for (const file of current.filter(one => !foundPlaces.has(one.place))) {
    const uuid = uuidByName.get(file.fullName);
    if (foundFiles.has(`${uuid}/${file.path}`)) {
      comparison.moved.push(file);
    } else if (uuid === undefined || !listed.has(uuid)) {
      comparison.unlisted.push(file);
    } else if (unlooked.has(uuid)) {
      comparison.unseen.push(file);
    } else {
      comparison.gone.push(file);
    }
  }
  return comparison;
}

/**
 * A file that the catalog has keeps the spelling of its URL: the stock module
 * leaves spaces as they are, and another URL would be another Location. A branch
 * with a slash is spelt anew, since it cannot be told from the path.
 */
function locateAs(
  currentByPlace: Map<string, LocatedFile>,
  file: CatalogFile,
): LocatedFile {
  const located = locate(file);
  return file.branch.includes('/')
    ? located
    : (currentByPlace.get(located.place) ?? located);
}

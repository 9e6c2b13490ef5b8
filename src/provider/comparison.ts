import { Finding, Looked, SkipReason } from '../discovery';
import { locate, LocatedFile } from './locations';
import { Move } from './movedEntities';

/** How what was found in some repositories differs from what the catalog has of them. */
export type Comparison = {
  /** Found, all of it; by uuid of the repository. */
  found: Map<string, LocatedFile[]>;
  /** Found, and not in the catalog. */
  added: LocatedFile[];
  /** In the catalog, and found under another URL: its repository or branch has another name. */
  moved: Move[];
  /** In the catalog, and not there when its repository was read; by uuid of that. */
  gone: Map<string, LocatedFile[]>;
  /** In the catalog, of repositories that could not be looked into. */
  unseen: LocatedFile[];
};

/** A repository that was skipped for one of these may well have its files still. */
export const INCONCLUSIVE: SkipReason[] = ['vanished', 'unreadable'];

/**
 * @param current - the files that the catalog has of these repositories, by uuid
 */
export function compare(
  current: Map<string, LocatedFile[]>,
  findings: Finding[],
): Comparison {
  const comparison: Comparison = {
    found: new Map(),
    added: [],
    moved: [],
    gone: new Map(),
    unseen: [],
  };
  for (const finding of findings) {
    const { uuid } = finding.repository;
    const before = current.get(uuid) ?? [];
    if (finding.reason && INCONCLUSIVE.includes(finding.reason)) {
      comparison.unseen.push(...before);
    } else {
      const found = finding.reason ? [] : locateAll(before, finding);
      comparison.found.set(uuid, found);
      compareFiles(uuid, before, found, comparison);
    }
  }
  return comparison;
}

function compareFiles(
  uuid: string,
  before: LocatedFile[],
  found: LocatedFile[],
  { added, moved, gone }: Comparison,
): void {
  const placesBefore = new Set(before.map(({ place }) => place));
  const places = new Set(found.map(({ place }) => place));
  const byPath = new Map(found.map(file => [file.path, file]));
  added.push(...found.filter(({ place }) => !placesBefore.has(place)));
  const lost: LocatedFile[] = [];
  for (const from of before.filter(({ place }) => !places.has(place))) {
    const to = byPath.get(from.path);
    if (to) {
      moved.push({ from, to });
    } else {
      lost.push(from);
    }
  }
  if (lost.length > 0) {
    gone.set(uuid, lost);
  }
}

/**
 * A file that the catalog has keeps the spelling of its URL: the stock module
 * leaves spaces as they are, and another URL would be another Location. A branch
 * with a slash is spelt anew, since it cannot be told from the path.
 */
function locateAll(
  before: LocatedFile[],
  { repository, branch, files }: Looked,
): LocatedFile[] {
  const byPlace = new Map(before.map(file => [file.place, file]));
  return files.map(file => {
    const located = locate(repository, branch, file);
    const spelt = !branch.includes('/') && byPlace.get(located.place);
    return spelt ? { ...located, target: spelt.target } : located;
  });
}

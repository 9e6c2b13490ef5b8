import { CatalogFile, SkipReason, Walk } from '../discovery';
import { toTarget } from './locations';

/** How a walk's result differs from what the catalog has. */
export type Comparison = {
  /** Found, and not known before. */
  added: CatalogFile[];
  /** Known, and found under another URL: its repository or branch has another name. */
  moved: CatalogFile[];
  /** Known, and not there when its repository was read. */
  gone: CatalogFile[];
  /** Known, of repositories that the list lacks. */
  unlisted: CatalogFile[];
  /** Known, of repositories that could not be looked into. */
  unseen: CatalogFile[];
};

/** A repository that was skipped for one of these may well have its files still. */
const INCONCLUSIVE: SkipReason[] = ['vanished', 'unreadable'];

/** Whether a walk has looked into every repository that it listed. */
export function isConclusive(walk: Walk): boolean {
  return unlookedRepositories(walk).size === 0;
}

export function compare(known: CatalogFile[], walk: Walk): Comparison {
  const knownTargets = new Set(known.map(toTarget));
  const foundTargets = new Set(walk.files.map(toTarget));
  const foundFiles = new Set(walk.files.map(toIdentity));
  const listed = new Set(walk.repositories.map(({ uuid }) => uuid));
  const unlooked = unlookedRepositories(walk);

  const comparison: Comparison = {
    added: walk.files.filter(file => !knownTargets.has(toTarget(file))),
    moved: [],
    gone: [],
    unlisted: [],
    unseen: [],
  };
  for (const file of known.filter(one => !foundTargets.has(toTarget(one)))) {
    const { uuid } = file.repository;
    if (foundFiles.has(toIdentity(file))) {
      comparison.moved.push(file);
    } else if (!listed.has(uuid)) {
      comparison.unlisted.push(file);
    } else if (unlooked.has(uuid)) {
      comparison.unseen.push(file);
    } else {
      comparison.gone.push(file);
    }
  }
  return comparison;
}

function unlookedRepositories(walk: Walk): Set<string> {
  return new Set(
    walk.skipped
      .filter(({ reason }) => INCONCLUSIVE.includes(reason))
      .map(({ repository }) => repository.uuid),
  );
}

/** The same for a file before and after a rename of its repository or branch. */
function toIdentity({ repository, path }: CatalogFile): string {
  return `${repository.uuid}/${path}`;
}

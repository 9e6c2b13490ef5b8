import { CatalogFile, SkipReason, Walk } from '../discovery';
import { toTarget } from './locations';

/** What a walk means for the catalog. */
export type Change = {
  /** Every file whose Location should be in the catalog. */
  files: CatalogFile[];
  /** How many files there are that the previous walk did not know. */
  added: number;
  /** How many files the previous walk knew that are gone. */
  removed: number;
  /** Whether Locations of other files may be removed from the catalog. */
  mayRemove: boolean;
};

/** A repository that was skipped for one of these may well have its files still. */
const INCONCLUSIVE: SkipReason[] = ['vanished', 'unreadable'];

/**
 * The catalog files that this process knows of, from walk to walk.
 *
 * A repository that a walk could not look into keeps the files that are known
 * of it. Until a first walk has seen everything, what is known may be less than
 * what the catalog holds, so nothing is removed before.
 */
export class KnownFiles {
  #byTarget = new Map<string, CatalogFile>();
  #complete = false;

  /** What a walk's result means, compared with what is known. */
  compare(walk: Walk): Change {
    const inconclusive = new Set(
      walk.skipped
        .filter(({ reason }) => INCONCLUSIVE.includes(reason))
        .map(({ repository }) => repository.uuid),
    );
    const kept = [...this.#byTarget.values()].filter(file =>
      inconclusive.has(file.repository.uuid),
    );
    const next = byTarget([...kept, ...walk.files]);
    const gone = [...this.#byTarget.keys()].filter(key => !next.has(key));
    const added = [...next.keys()].filter(key => !this.#byTarget.has(key));
    return {
      files: [...next.values()],
      added: added.length,
      removed: gone.length,
      mayRemove: this.#complete || inconclusive.size === 0,
    };
  }

  /** Takes note of a change that the catalog has accepted. */
  accept({ files, mayRemove }: Change): void {
    this.#byTarget = byTarget(files);
    this.#complete = mayRemove;
  }
}

function byTarget(files: CatalogFile[]): Map<string, CatalogFile> {
  return new Map(files.map(file => [toTarget(file), file]));
}
